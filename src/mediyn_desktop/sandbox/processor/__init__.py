# SPDX-License-Identifier: MIT
"""A card processor on the loopback interface that behaves like the real one.

``http`` serves sockets and line faults, ``dispatch`` turns a request into a reply, one module per
resource holds its handlers, ``state`` holds the objects, ``keeping`` puts them into a file. A new
resource is a new module with ``ROUTES``, listed in ``dispatch``. Imports ``core`` and the standard
library only.

Addresses of the real API (pinned version, ``shapes.API_VERSION``): account, balance,
balance_transactions, charges, checkout/sessions (setup and payment; expire, line_items),
customers (delete too), disputes (update, close), events, payment_intents (confirm, cancel, search),
payment_links, payment_methods (attach, detach), payouts, refunds, setup_intents. Hosted pages:
``/c/pay/<session>`` and ``/p/<link>``. Test cards: ``cards.CARDS``.

The sandbox's own addresses, JSON under ``/_sandbox/``:

=====================  ===========================================================================
GET status             now, account, how many objects
GET totals?by=iid      what was really taken, by a metadata value
GET requests           every request as it arrived
GET cards              the catalogue of test cards with plain labels
POST customers         {customer, payment_method?, behaviour? or number?}: make them exist
POST cards             {payment_method, exp_month?, exp_year?, last4?, brand?, by_network?,
                       behaviour?}: the network renews a card, or its bank changes its mind
GET, DELETE faults     what waits; forget all
POST faults            {faults: [{kind, method?, path?, seconds?, times?, changes?}], share?, seed?}
POST limits            {per_second: n or null, latency_seconds}: real time
POST locks             {object, held}: changes to it get 429 lock_timeout
POST events            {lose: [patterns], duplicate, shuffle}: the list misleads; {} ends it
POST search            {lag_seconds}
POST clock             {advance_seconds}
POST keys              {key, permissions?: {resource: none, read or write}, account?, livemode?}
GET keys               the registered ones, without their secrets
POST keys/purge        forget idempotency keys, as after a day
POST keys/revoke       {key}; keys/restore {key}
POST account           {id?, charges_enabled?, ...}: change our account
POST settle            {payment_intent or setup_intent, outcome: succeeded or failed}
POST balance           {hold}: keep balance transactions back
POST disputes          {payment_intent, reason?} opens; {dispute, outcome: won or lost} decides
POST refunds           {refund, outcome: succeeded or failed}
POST payouts           {status?: paid, pending or in_transit}: pay out what is available
POST payouts/settle    {payout, outcome: paid or failed}
POST pages/open        {payment_link}: follow it; returns the checkout session
POST pages/pay         {checkout_session, number, proved?, agreed?, email?}: what a client does
POST dashboard/charge  {customer, payment_method, amount, description?}: by hand, without metadata
POST dashboard/refund  {payment_intent, amount?}
=====================  ===========================================================================
"""

from mediyn_desktop.sandbox.processor.behaviours import Behaviour
from mediyn_desktop.sandbox.processor.faults import Fault, FaultKind, FaultPlan
from mediyn_desktop.sandbox.processor.http import CardProcessor
from mediyn_desktop.sandbox.processor.keeping import MemoryDamaged, base_of
from mediyn_desktop.sandbox.processor.state import State, Taken

__all__ = [
    "Behaviour",
    "CardProcessor",
    "Fault",
    "FaultKind",
    "FaultPlan",
    "MemoryDamaged",
    "State",
    "Taken",
    "base_of",
]
