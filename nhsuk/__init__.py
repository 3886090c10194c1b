"""Our thin layer over the NHS.UK design system: templates, forms, components."""
