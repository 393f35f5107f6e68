# SPDX-License-Identifier: MIT
"""Whether this ledger is the newest there is: two anchors outside it tell.

The local anchor is a file beside the database that no backup holds; the remote one is metadata on
one customer at the processor that is no client. Both are advanced before each batch, the ledger
first, so a crash of our own leaves them behind the ledger and freezes nothing. A ledger that is
behind one of them was restored or copied: charges it does not know may have been made, and charging
stays frozen until a full comparison was accepted (``reconciling``).

No clock takes part: only counters and random tokens are compared.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from mediyn_desktop.cards.stripe_api import RemoteAnchor, StripeApi
from mediyn_desktop.cards.tables import CardAnchor, CardFreeze
from mediyn_desktop.core.files import write_whole
from mediyn_desktop.store.uow import Reading, Store, UnitOfWork

log = logging.getLogger(__name__)

FILE: Final = "anchor.json"

_TO_DO: Final = (
    "Nothing was charged. Compare with the processor (“mediyn cards reconcile”), then accept what "
    "was found."
)
REASONS: Final = {
    "behind": "This practice was restored from a backup or copied: charges were made since that it "
    f"does not know. Charging is frozen. {_TO_DO}",
    "installation": "Cards of this account were last charged from another installation, or this "
    f"practice was moved here. Charging is frozen. {_TO_DO}",
}


@dataclass(frozen=True, slots=True)
class Mark:
    """Where an installation stands: epoch, sequence within it, and the random token of the step."""

    install: str
    epoch: int
    seq: int
    token: str


_NONE = Mark("", 0, 0, "")


def stands(read: Reading) -> Mark:
    """Return where the ledger stands; zero before its first batch."""
    row = read.session.get(CardAnchor, 1)
    return Mark(row.install, row.epoch, row.seq, row.token) if row is not None else _NONE


def local_mark(folder: Path) -> Mark:
    """Return the local anchor, made anew with a fresh installation id where there is none."""
    path = folder / FILE
    try:
        raw: dict[str, Any] = json.loads(path.read_text("ascii"))
        return Mark(str(raw["install"]), int(raw["epoch"]), int(raw["seq"]), str(raw["token"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Unreadable is as good as missing: a new installation has to compare first.
        fresh = Mark(secrets.token_hex(16), 0, 0, "")
        write_local(folder, fresh)
        return fresh


def write_local(folder: Path, mark: Mark) -> None:
    """Write the local anchor whole.

    Raises:
        OSError: the disk refuses; nothing may be charged then.
    """
    text = {"install": mark.install, "epoch": mark.epoch, "seq": mark.seq, "token": mark.token}
    write_whole(folder / FILE, json.dumps(text).encode("ascii"))


def read_remote(store: Store, api: StripeApi) -> RemoteAnchor | None:
    """Return the furthest anchor the processor keeps, or None.

    Raises: see ``stripe_api.outcomes``; then nobody knows, and nothing may be charged.
    """
    with store.read() as read:
        row = read.session.get(CardAnchor, 1)
        customer = row.customer if row is not None else None
    if customer is not None:
        found = api.anchors.read(customer)
        if found is not None:
            return found
    return max(api.anchors.find(), key=lambda one: (one.epoch, one.seq), default=None)


def behind(ledger: Mark, local: Mark, remote: RemoteAnchor | None) -> str | None:
    """Return a key of ``REASONS`` where this ledger must not charge, or None where it may."""
    anchors = [local]
    if remote is not None:
        anchors.append(Mark(remote.install, remote.epoch, remote.seq, remote.token))
    for anchor in anchors:
        if (anchor.epoch, anchor.seq) > (ledger.epoch, ledger.seq):
            return "installation" if anchor.install != local.install else "behind"
    if ledger.install and ledger.install != local.install:
        return "installation"  # the database came here without its local anchor
    for anchor in anchors:
        if anchor.epoch < ledger.epoch or not anchor.token:
            continue  # from before an accepted comparison, or never advanced
        same_step = anchor.seq == ledger.seq
        if anchor.install != local.install or (same_step and anchor.token != ledger.token):
            return "installation"
    return None


def freeze(store: Store, code: str) -> str:
    """Freeze charging and return the reason; it thaws only by an accepted comparison."""
    reason = REASONS[code]
    with store.write("Freeze card charges") as uow:
        if uow.session.get(CardFreeze, 1) is None:
            uow.session.add(CardFreeze(id=1, code=code, reason=reason, since=uow.now))
            uow.changed("card_freeze", 1)
    log.warning("card charges are frozen: %s", code)
    return reason


def advance(
    store: Store, api: StripeApi, install: str, remote: RemoteAnchor | None
) -> RemoteAnchor | None:
    """Take one step before a batch: the ledger, then the local anchor, then the remote one.

    Raises:
        OSError: the local anchor cannot be written.
        stripe_api.outcomes: the remote one cannot; nothing may be charged in either case.
    """
    with store.write("Begin a batch of card charges") as uow:
        mark = next_step(uow, install)
    return publish(store, api, mark, remote)


def next_step(uow: UnitOfWork, install: str, *, epoch: int | None = None) -> Mark:
    """Advance the ledger by one step, or to the first of a new ``epoch``."""
    row = uow.session.get(CardAnchor, 1)
    if row is None:
        row = CardAnchor(id=1, install=install, epoch=1, seq=0, token="")
        uow.session.add(row)
    row.install = install
    if epoch is not None:
        row.epoch, row.seq = epoch, 0
    row.seq += 1
    row.token = secrets.token_hex(16)
    uow.session.flush()
    uow.changed("card_anchor", 1)
    return Mark(row.install, row.epoch, row.seq, row.token)


def publish(
    store: Store, api: StripeApi, mark: Mark, remote: RemoteAnchor | None
) -> RemoteAnchor | None:
    """Write ``mark`` to the local anchor and to the remote one, which is made where it lacks."""
    write_local(store.folder, mark)
    wanted = RemoteAnchor(
        remote.id if remote is not None else "", mark.install, mark.epoch, mark.seq, mark.token
    )
    if remote is not None:
        api.anchors.write(wanted, key=f"a-{mark.token}")
        made: RemoteAnchor | None = wanted
    else:
        made = api.anchors.create(wanted, key=f"a-{mark.token}")
    if made is not None:
        with store.write("Remember the processor's anchor") as uow:
            row = uow.session.get_one(CardAnchor, 1)
            if row.customer != made.id:
                row.customer = made.id
    return made
