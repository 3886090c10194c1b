"""Pages that anybody may read: how accessible the portal is, and what it does with personal data."""

from access.views import PUBLIC, Page


class AccessibilityPage(Page):
    """The accessibility statement."""

    permission = PUBLIC
    template = "statements/accessibility.jinja"


class PrivacyPage(Page):
    """What the portal keeps about people who use it."""

    permission = PUBLIC
    template = "statements/privacy.jinja"
