"""How does an operator make keys, take up a neighbour, carry what waits and compare both ledgers?"""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from hongyan.exchange import actions
from hongyan.exchange.actions.peering import SHELL
from hongyan.exchange.actions.reconciling import reconcile
from hongyan.exchange.envelopes import Unbelievable
from hongyan.exchange.identity import card_of, latest, own_card, read_card
from hongyan.exchange.models import Peer
from hongyan.exchange.peer_wording import FAILURE_LABELS
from hongyan.exchange.refusals import Refused
from hongyan.exchange.wire import Failed
from hongyan.organizations.models import Organization


class Command(BaseCommand):
    help = "Signed exchange with a neighbouring installation: keys, neighbours, delivery, reconciliation."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        acts = parser.add_subparsers(dest="act", required=True)
        keys = acts.add_parser("keys", help="print our card; makes the keys the first time")
        keys.add_argument("--code", default="", help="what others call this installation, e.g. gansu")
        keys.add_argument("--name", default="", help="what people read, e.g. 甘肃省流动党员平台")
        keys.add_argument(
            "--renew", action="store_true", help="make new keys; every neighbour needs the new card"
        )
        take_up = acts.add_parser("open", help="take up a neighbour by his card")
        take_up.add_argument("card", type=Path, help="the file with his card")
        take_up.add_argument("--organization", required=True, metavar="CODE", help="who stands for him here")
        take_up.add_argument("--fingerprint", required=True, help="as he read it out over the telephone")
        acts.add_parser("close", help="part from a neighbour").add_argument("peer", metavar="CODE")
        acts.add_parser("list", help="name the neighbours")
        acts.add_parser("deliver", help="tell and carry what is due now")
        compare = acts.add_parser("reconcile", help="compare both ledgers; exit 1 when they differ")
        compare.add_argument("peer", nargs="?", default="", metavar="CODE")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do one of them."""
        try:
            getattr(self, f"_{options['act']}")(options)
        except Refused as refused:
            raise CommandError(refused.refusal.sentence) from None

    def _print(self, fields: object) -> None:
        self.stdout.write(json.dumps(fields, ensure_ascii=False, indent=2))

    def _keys(self, options: dict[str, Any]) -> None:
        if latest() is None or options["renew"]:
            if latest() is None and not options["code"]:
                raise CommandError("第一次请写明代号和名称：--code gansu --name 甘肃省流动党员平台")
            actions.make_keys(
                code=options["code"],
                name=options["name"],
                renew=options["renew"],
                by=SHELL,
                at=timezone.now(),
            )
        self._print(own_card().printed())

    def _open(self, options: dict[str, Any]) -> None:
        organization = Organization.objects.filter(code=options["organization"]).first()
        if organization is None:
            raise CommandError(f"没有编码为“{options['organization']}”的党组织，请用 --organization 写明。")
        peer = actions.open_peer(
            card=read_card(options["card"].read_text(encoding="utf-8")),
            organization=organization,
            compared=options["fingerprint"],
            by=SHELL,
            at=timezone.now(),
        )
        self.stdout.write(f"已与{peer.name}互通，由{organization.short_name}代表。")

    def _close(self, options: dict[str, Any]) -> None:
        peer = actions.close_peer(peer=self._peer(options["peer"]), by=SHELL, at=timezone.now())
        self.stdout.write(f"已停用和{peer.name}的互通。")

    def _peer(self, code: str) -> Peer:
        peer = Peer.objects.filter(code=code).select_related("organization").first()
        if peer is None:
            raise CommandError(f"没有代号为“{code}”的对方平台。")
        return peer

    def _list(self, options: dict[str, Any]) -> None:
        peers = Peer.objects.select_related("organization").order_by("code")
        self._print(
            [
                {
                    **card_of(peer).printed(),
                    "organization": peer.organization.code,
                    "open": peer.closed_at is None,
                }
                for peer in peers
            ]
        )

    def _deliver(self, options: dict[str, Any]) -> None:
        self.stdout.write(str(actions.exchange_due(at=timezone.now())))

    def _reconcile(self, options: dict[str, Any]) -> None:
        peers = [self._peer(options["peer"])] if options["peer"] else Peer.objects.open().order_by("code")
        report: dict[str, Any] = {"peers": [], "differences": [], "failed": {}}
        for peer in peers:
            report["peers"].append(peer.code)
            try:
                report["differences"] += [asdict(one) for one in reconcile(peer=peer, at=timezone.now())]
            except Failed as failed:
                report["failed"][peer.code] = FAILURE_LABELS[failed.word]
            except Unbelievable:
                report["failed"][peer.code] = FAILURE_LABELS["bad_receipt"]
        self._print(report)
        if report["differences"] or report["failed"]:
            sys.exit(1)
