"""Django forms whose fields render as NHS.UK components.

Use `Form` and the fields of this package; everything renders escaped, says its
errors in sentences and works without scripts.
"""

from nhsuk.forms.fields import (
    CheckboxesField,
    ChoiceField,
    ConfirmField,
    DateField,
    EmailField,
    FileField,
    ModelCheckboxesField,
    ModelChoiceField,
    MomentField,
    NumberField,
    PasswordField,
    TelephoneField,
    TextAreaField,
    TextField,
    YesNoField,
)
from nhsuk.forms.form import Form, NhsForm, PortalRenderer

__all__ = [
    "CheckboxesField",
    "ChoiceField",
    "ConfirmField",
    "DateField",
    "EmailField",
    "FileField",
    "Form",
    "ModelCheckboxesField",
    "ModelChoiceField",
    "MomentField",
    "NhsForm",
    "NumberField",
    "PasswordField",
    "PortalRenderer",
    "TelephoneField",
    "TextAreaField",
    "TextField",
    "YesNoField",
]
