"""Everything that is done with consents, rights and periods: the only code that writes them."""

from hongyan.privacy.actions.asking import ask_correction, ask_erasure, lift, restrict, take_back
from hongyan.privacy.actions.consenting import bind_wechat, consent, unbind_wechat, withdraw
from hongyan.privacy.actions.deciding import approve, decide, export_own
from hongyan.privacy.actions.erasing import clear_tombstones, erase, reapply
from hongyan.privacy.actions.exporting import answer_export, ask_export, make_export
from hongyan.privacy.actions.retaining import apply_retention, apply_retention_nightly

__all__ = [
    "apply_retention",
    "apply_retention_nightly",
    "answer_export",
    "approve",
    "ask_correction",
    "ask_erasure",
    "ask_export",
    "bind_wechat",
    "clear_tombstones",
    "consent",
    "decide",
    "erase",
    "export_own",
    "lift",
    "make_export",
    "reapply",
    "restrict",
    "take_back",
    "unbind_wechat",
    "withdraw",
]
