"""Remember deeds and looks, seal what is remembered, let go of what is too old: all writes of the audit."""

from hongyan.audit.actions.pruning import Pruned, clear, prune_sealed
from hongyan.audit.actions.recording import record, record_access, record_many
from hongyan.audit.actions.sealing import is_crowded, seal_due

__all__ = [
    "Pruned",
    "clear",
    "is_crowded",
    "prune_sealed",
    "record",
    "record_access",
    "record_many",
    "seal_due",
]
