"""What is stored of people who were found instead of marked, one file for each way of finding."""

from hongyan.finding.models.companies import Company, PosterCount, ReferralSwitch
from hongyan.finding.models.parks import ParkDelivery, Way
from hongyan.finding.models.referrals import Referral
from hongyan.finding.models.surveys import Consent, Finding, FindingQuerySet, Outcome, Source

__all__ = [
    "Company",
    "Consent",
    "Finding",
    "FindingQuerySet",
    "Outcome",
    "ParkDelivery",
    "PosterCount",
    "Referral",
    "ReferralSwitch",
    "Source",
    "Way",
]
