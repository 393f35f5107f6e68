# SPDX-License-Identifier: MIT
"""Every room's tables and guards in one place, for the composition root and the migrations."""

from __future__ import annotations

from mediyn_desktop.billing import tables as billing
from mediyn_desktop.cards import tables as cards
from mediyn_desktop.cards.clearing import tables as card_clearing
from mediyn_desktop.cards.links import tables as card_links
from mediyn_desktop.cards.on_file import tables as card_on_file
from mediyn_desktop.cards.polling import tables as card_polling
from mediyn_desktop.cards.refunds import tables as card_refunds
from mediyn_desktop.claims import decision_tables as claims_decided
from mediyn_desktop.claims import eligibility_tables as claims_eligibility
from mediyn_desktop.claims import mail_tables as claims_mail
from mediyn_desktop.claims import tables as claims
from mediyn_desktop.dayclose import tables as dayclose
from mediyn_desktop.delivery import tables as delivery
from mediyn_desktop.jobs import tables as jobs
from mediyn_desktop.ledger import tables as ledger
from mediyn_desktop.practice import tables as practice
from mediyn_desktop.store import tables as store
from mediyn_desktop.store.base import Base
from mediyn_desktop.undo import tables as undo

METADATA = Base.metadata

GUARDS: dict[str, str] = {
    **store.GUARDS,
    **ledger.GUARDS,
    **practice.GUARDS,
    **billing.GUARDS,
    **cards.GUARDS,
    **card_clearing.GUARDS,
    **card_links.GUARDS,
    **card_on_file.GUARDS,
    **card_refunds.GUARDS,
    **claims.GUARDS,
    **claims_mail.GUARDS,
    **claims_decided.GUARDS,
    **claims_eligibility.GUARDS,
    **delivery.GUARDS,
    **undo.GUARDS,
}

__all__ = ["GUARDS", "METADATA", "card_polling", "dayclose", "jobs"]
