"""What does the form of a survey ask, and what does it make of what was typed?"""

from typing import Any

from django import forms

from hongyan.finding.models import Consent
from hongyan.finding.said import Said, tidy
from hongyan.web.console.destinations import meant_by
from hongyan.web.console.moving import KEY

CONSENTS = [(Consent.SPOKEN.value, Consent.SPOKEN.label), (Consent.WRITTEN.value, Consent.WRITTEN.label)]


class SurveyForm(forms.Form):
    """Name, and at least one thing that tells him from others of the same name."""

    key = forms.RegexField(KEY, widget=forms.HiddenInput)
    organization = forms.IntegerField(required=False)
    name = forms.CharField(max_length=60, error_messages={"required": "请写下姓名。"})
    phone = forms.CharField(max_length=24, required=False)
    id_number = forms.CharField(max_length=18, required=False)
    home = forms.CharField(max_length=120, required=False)
    consent = forms.ChoiceField(
        choices=CONSENTS, error_messages={"required": "请选择本人怎样同意的；没有同意的不登记。"}
    )

    def said(self) -> Said:
        """Return what was said of him."""
        fields: dict[str, Any] = self.cleaned_data
        return tidy(**{name: fields[name] for name in ("name", "phone", "id_number", "home")})

    def home_code(self) -> str:
        """Return the place his home means, empty when that is not certain."""
        return meant_by(self.cleaned_data["home"])[1] if self.cleaned_data["home"] else ""
