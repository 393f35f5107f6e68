# SPDX-License-Identifier: MIT
"""The schema of the first release: tables, indexes, and the triggers that guard them.

Written by ``migrations/freeze.py``; not edited by hand.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TRIGGERS = [
    (
        "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit BEGIN SELECT RAISE(ABORT, "
        "'audit rows are never changed'); END"
    ),
    (
        "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, "
        "'audit rows are never deleted'); END"
    ),
    (
        "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit WHEN EXISTS (SELECT 1 FROM "
        "audit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'audit rows are never replaced');"
        " END"
    ),
    (
        "CREATE TRIGGER account_no_update BEFORE UPDATE ON account BEGIN SELECT RAISE(ABORT, "
        "'accounts are never changed'); END"
    ),
    (
        "CREATE TRIGGER account_no_delete BEFORE DELETE ON account BEGIN SELECT RAISE(ABORT, "
        "'accounts are never deleted'); END"
    ),
    (
        "CREATE TRIGGER account_no_replace BEFORE INSERT ON account WHEN EXISTS (SELECT 1 "
        "FROM account WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'accounts are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER entry_no_update BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, "
        "'journal entries are never changed'); END"
    ),
    (
        "CREATE TRIGGER entry_no_delete BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, "
        "'journal entries are never deleted'); END"
    ),
    (
        "CREATE TRIGGER entry_no_replace BEFORE INSERT ON entry WHEN EXISTS (SELECT 1 FROM "
        "entry WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'journal entries are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER posting_no_update BEFORE UPDATE ON posting BEGIN SELECT RAISE(ABORT, "
        "'postings are never changed'); END"
    ),
    (
        "CREATE TRIGGER posting_no_delete BEFORE DELETE ON posting BEGIN SELECT RAISE(ABORT, "
        "'postings are never deleted'); END"
    ),
    (
        "CREATE TRIGGER posting_no_replace BEFORE INSERT ON posting WHEN EXISTS (SELECT 1 "
        "FROM posting WHERE entry_id = NEW.entry_id AND line = NEW.line) BEGIN SELECT "
        "RAISE(ABORT, 'postings are never replaced'); END"
    ),
    (
        "CREATE TRIGGER open_item_no_update BEFORE UPDATE ON open_item BEGIN SELECT "
        "RAISE(ABORT, 'open items are never changed'); END"
    ),
    (
        "CREATE TRIGGER open_item_no_delete BEFORE DELETE ON open_item BEGIN SELECT "
        "RAISE(ABORT, 'open items are never deleted'); END"
    ),
    (
        "CREATE TRIGGER open_item_no_replace BEFORE INSERT ON open_item WHEN EXISTS (SELECT 1"
        " FROM open_item WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'open items are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER payment_no_update BEFORE UPDATE ON payment BEGIN SELECT RAISE(ABORT, "
        "'payments are never changed'); END"
    ),
    (
        "CREATE TRIGGER payment_no_delete BEFORE DELETE ON payment BEGIN SELECT RAISE(ABORT, "
        "'payments are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_no_replace BEFORE INSERT ON payment WHEN EXISTS (SELECT 1 "
        "FROM payment WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'payments are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER allocation_no_update BEFORE UPDATE ON allocation BEGIN SELECT "
        "RAISE(ABORT, 'allocations are never changed'); END"
    ),
    (
        "CREATE TRIGGER allocation_no_delete BEFORE DELETE ON allocation BEGIN SELECT "
        "RAISE(ABORT, 'allocations are never deleted'); END"
    ),
    (
        "CREATE TRIGGER allocation_no_replace BEFORE INSERT ON allocation WHEN EXISTS (SELECT"
        " 1 FROM allocation WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'allocations are "
        "never replaced'); END"
    ),
    (
        "CREATE TRIGGER payment_return_no_update BEFORE UPDATE ON payment_return BEGIN SELECT"
        " RAISE(ABORT, 'returned payments are never changed'); END"
    ),
    (
        "CREATE TRIGGER payment_return_no_delete BEFORE DELETE ON payment_return BEGIN SELECT"
        " RAISE(ABORT, 'returned payments are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_return_no_replace BEFORE INSERT ON payment_return WHEN EXISTS"
        " (SELECT 1 FROM payment_return WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, "
        "'returned payments are never replaced'); END"
    ),
    (
        "CREATE TRIGGER deposit_no_update BEFORE UPDATE ON deposit WHEN "
        "OLD.taken_back_entry_id IS NOT NULL OR NEW.taken_back_entry_id IS NULL OR (NEW.id, "
        "NEW.ref, NEW.deposited_on, NEW.entry_id, NEW.recorded_at) IS NOT (OLD.id, OLD.ref, "
        "OLD.deposited_on, OLD.entry_id, OLD.recorded_at) BEGIN SELECT RAISE(ABORT, 'deposits"
        " are never changed, only taken back'); END"
    ),
    (
        "CREATE TRIGGER deposit_no_delete BEFORE DELETE ON deposit BEGIN SELECT RAISE(ABORT, "
        "'deposits are never deleted'); END"
    ),
    (
        "CREATE TRIGGER deposit_no_replace BEFORE INSERT ON deposit WHEN EXISTS (SELECT 1 "
        "FROM deposit WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'deposits are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER deposit_line_no_update BEFORE UPDATE ON deposit_line BEGIN SELECT "
        "RAISE(ABORT, 'deposit lines are never changed'); END"
    ),
    (
        "CREATE TRIGGER deposit_line_no_delete BEFORE DELETE ON deposit_line BEGIN SELECT "
        "RAISE(ABORT, 'deposit lines are never deleted'); END"
    ),
    (
        "CREATE TRIGGER deposit_line_no_replace BEFORE INSERT ON deposit_line WHEN EXISTS "
        "(SELECT 1 FROM deposit_line WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'deposit "
        "lines are never replaced'); END"
    ),
    (
        "CREATE TRIGGER deposit_line_once BEFORE INSERT ON deposit_line WHEN EXISTS (SELECT 1"
        " FROM deposit_line AS line JOIN deposit ON deposit.id = line.deposit_id WHERE "
        "line.payment_id = NEW.payment_id AND deposit.taken_back_entry_id IS NULL) BEGIN "
        "SELECT RAISE(ABORT, 'a payment is taken to the bank once'); END"
    ),
    (
        "CREATE TRIGGER closed_period_no_update BEFORE UPDATE ON closed_period WHEN "
        "OLD.reopened_at IS NOT NULL OR NEW.reopened_at IS NULL OR (NEW.id, NEW.first, "
        "NEW.last, NEW.reason, NEW.closed_at) IS NOT (OLD.id, OLD.first, OLD.last, "
        "OLD.reason, OLD.closed_at) BEGIN SELECT RAISE(ABORT, 'closed periods are never "
        "changed, only reopened'); END"
    ),
    (
        "CREATE TRIGGER closed_period_no_delete BEFORE DELETE ON closed_period BEGIN SELECT "
        "RAISE(ABORT, 'closed periods are never deleted'); END"
    ),
    (
        "CREATE TRIGGER closed_period_no_replace BEFORE INSERT ON closed_period WHEN EXISTS "
        "(SELECT 1 FROM closed_period WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'closed "
        "periods are never replaced'); END"
    ),
    (
        "CREATE TRIGGER posting_entry_closed BEFORE INSERT ON posting WHEN EXISTS (SELECT 1 "
        "FROM entry WHERE id = NEW.entry_id) BEGIN SELECT RAISE(ABORT, 'a posted entry takes "
        "no further lines'); END"
    ),
    (
        "CREATE TRIGGER entry_balances BEFORE INSERT ON entry WHEN (SELECT count(*) FROM "
        "posting WHERE entry_id = NEW.id) < 2 OR (SELECT sum(amount_cents) FROM posting WHERE"
        " entry_id = NEW.id) <> 0 BEGIN SELECT RAISE(ABORT, 'an entry must balance'); END"
    ),
    (
        "CREATE TRIGGER allocation_same_client BEFORE INSERT ON allocation WHEN (SELECT "
        "client FROM payment WHERE id = NEW.payment_id) IS NOT (SELECT client FROM open_item "
        "WHERE id = NEW.item_id) BEGIN SELECT RAISE(ABORT, 'a payment settles its own "
        "client''s charges only'); END"
    ),
    (
        "CREATE TRIGGER allocation_within_bounds BEFORE INSERT ON allocation WHEN (SELECT "
        "coalesce(sum(amount_cents), 0) FROM allocation WHERE item_id = NEW.item_id) + "
        "NEW.amount_cents NOT BETWEEN 0 AND (SELECT amount_cents FROM open_item WHERE id = "
        "NEW.item_id) OR (SELECT coalesce(sum(amount_cents), 0) FROM allocation WHERE "
        "payment_id = NEW.payment_id) + NEW.amount_cents < 0 OR (SELECT "
        "coalesce(sum(amount_cents), 0) FROM allocation WHERE payment_id = NEW.payment_id) + "
        "NEW.amount_cents + (SELECT coalesce(sum(amount_cents), 0) FROM payment_return WHERE "
        "payment_id = NEW.payment_id) > (SELECT amount_cents FROM payment WHERE id = "
        "NEW.payment_id) BEGIN SELECT RAISE(ABORT, 'an allocation exceeds its payment or its "
        "charge'); END"
    ),
    (
        "CREATE TRIGGER payment_return_within_bounds BEFORE INSERT ON payment_return WHEN "
        "(SELECT coalesce(sum(amount_cents), 0) FROM allocation WHERE payment_id = "
        "NEW.payment_id) + (SELECT coalesce(sum(amount_cents), 0) FROM payment_return WHERE "
        "payment_id = NEW.payment_id) + NEW.amount_cents > (SELECT amount_cents FROM payment "
        "WHERE id = NEW.payment_id) OR (SELECT coalesce(sum(amount_cents), 0) FROM "
        "payment_return WHERE payment_id = NEW.payment_id) + NEW.amount_cents < 0 BEGIN "
        "SELECT RAISE(ABORT, 'more would go back than the payment holds'); END"
    ),
    (
        "CREATE TRIGGER care_session_no_delete BEFORE DELETE ON care_session BEGIN SELECT "
        "RAISE(ABORT, 'sessions are never deleted'); END"
    ),
    (
        "CREATE TRIGGER note_no_delete BEFORE DELETE ON note BEGIN SELECT RAISE(ABORT, 'notes"
        " are never deleted'); END"
    ),
    (
        "CREATE TRIGGER sliding_agreement_no_delete BEFORE DELETE ON sliding_agreement BEGIN "
        "SELECT RAISE(ABORT, 'fee agreements are never deleted'); END"
    ),
    (
        "CREATE TRIGGER sliding_amount_no_update BEFORE UPDATE ON sliding_amount BEGIN SELECT"
        " RAISE(ABORT, 'agreed amounts are never changed'); END"
    ),
    (
        "CREATE TRIGGER sliding_amount_no_delete BEFORE DELETE ON sliding_amount BEGIN SELECT"
        " RAISE(ABORT, 'agreed amounts are never deleted'); END"
    ),
    (
        "CREATE TRIGGER sliding_amount_no_replace BEFORE INSERT ON sliding_amount WHEN EXISTS"
        " (SELECT 1 FROM sliding_amount WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'agreed "
        "amounts are never replaced'); END"
    ),
    (
        "CREATE TRIGGER signature_withdrawn_no_update BEFORE UPDATE ON signature_withdrawn "
        "BEGIN SELECT RAISE(ABORT, 'withdrawn signatures are never changed'); END"
    ),
    (
        "CREATE TRIGGER signature_withdrawn_no_delete BEFORE DELETE ON signature_withdrawn "
        "BEGIN SELECT RAISE(ABORT, 'withdrawn signatures are never deleted'); END"
    ),
    (
        "CREATE TRIGGER signature_withdrawn_no_replace BEFORE INSERT ON signature_withdrawn "
        "WHEN EXISTS (SELECT 1 FROM signature_withdrawn WHERE id = NEW.id) BEGIN SELECT "
        "RAISE(ABORT, 'withdrawn signatures are never replaced'); END"
    ),
    (
        "CREATE TRIGGER note_signed_is_final BEFORE UPDATE ON note WHEN OLD.signed_at IS NOT "
        "NULL AND (NEW.signed_at IS NOT NULL OR NEW.signed_by_id IS NOT NULL OR NEW.body IS "
        "NOT OLD.body OR NEW.session_id IS NOT OLD.session_id OR NEW.id IS NOT OLD.id OR NOT "
        "EXISTS (SELECT 1 FROM signature_withdrawn WHERE note_id = OLD.id AND signed_at = "
        "OLD.signed_at) OR EXISTS (SELECT 1 FROM charge WHERE session_id = OLD.session_id AND"
        " voided_at IS NULL)) BEGIN SELECT RAISE(ABORT, 'a signed note is never changed'); "
        "END"
    ),
    (
        "CREATE TRIGGER charge_no_update BEFORE UPDATE ON charge WHEN OLD.voided_at IS NOT "
        "NULL OR NEW.voided_at IS NULL OR (NEW.id, NEW.session_id, NEW.client_id, "
        "NEW.date_of_service, NEW.route, NEW.minutes, NEW.pos, NEW.diagnoses, "
        "NEW.coverage_id, NEW.package_id, NEW.copay_cents, NEW.reason, NEW.open_item_id, "
        "NEW.entry_id, NEW.billed_at) IS NOT (OLD.id, OLD.session_id, OLD.client_id, "
        "OLD.date_of_service, OLD.route, OLD.minutes, OLD.pos, OLD.diagnoses, "
        "OLD.coverage_id, OLD.package_id, OLD.copay_cents, OLD.reason, OLD.open_item_id, "
        "OLD.entry_id, OLD.billed_at) BEGIN SELECT RAISE(ABORT, 'charges are never changed, "
        "only voided'); END"
    ),
    (
        "CREATE TRIGGER charge_no_delete BEFORE DELETE ON charge BEGIN SELECT RAISE(ABORT, "
        "'charges are never deleted'); END"
    ),
    (
        "CREATE TRIGGER charge_no_replace BEFORE INSERT ON charge WHEN EXISTS (SELECT 1 FROM "
        "charge WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'charges are never replaced'); "
        "END"
    ),
    (
        "CREATE TRIGGER charge_line_no_update BEFORE UPDATE ON charge_line BEGIN SELECT "
        "RAISE(ABORT, 'charge lines are never changed'); END"
    ),
    (
        "CREATE TRIGGER charge_line_no_delete BEFORE DELETE ON charge_line BEGIN SELECT "
        "RAISE(ABORT, 'charge lines are never deleted'); END"
    ),
    (
        "CREATE TRIGGER charge_line_no_replace BEFORE INSERT ON charge_line WHEN EXISTS "
        "(SELECT 1 FROM charge_line WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'charge "
        "lines are never replaced'); END"
    ),
    (
        "CREATE TRIGGER fee_waiver_no_update BEFORE UPDATE ON fee_waiver BEGIN SELECT "
        "RAISE(ABORT, 'fee waivers are never changed'); END"
    ),
    (
        "CREATE TRIGGER fee_waiver_no_delete BEFORE DELETE ON fee_waiver BEGIN SELECT "
        "RAISE(ABORT, 'fee waivers are never deleted'); END"
    ),
    (
        "CREATE TRIGGER fee_waiver_no_replace BEFORE INSERT ON fee_waiver WHEN EXISTS (SELECT"
        " 1 FROM fee_waiver WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'fee waivers are "
        "never replaced'); END"
    ),
    (
        "CREATE TRIGGER payment_plan_no_update BEFORE UPDATE ON payment_plan BEGIN SELECT "
        "RAISE(ABORT, 'payment plans are never changed'); END"
    ),
    (
        "CREATE TRIGGER payment_plan_no_delete BEFORE DELETE ON payment_plan BEGIN SELECT "
        "RAISE(ABORT, 'payment plans are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_plan_no_replace BEFORE INSERT ON payment_plan WHEN EXISTS "
        "(SELECT 1 FROM payment_plan WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'payment "
        "plans are never replaced'); END"
    ),
    (
        "CREATE TRIGGER plan_item_no_update BEFORE UPDATE ON plan_item BEGIN SELECT "
        "RAISE(ABORT, 'what is under a plan are never changed'); END"
    ),
    (
        "CREATE TRIGGER plan_item_no_delete BEFORE DELETE ON plan_item BEGIN SELECT "
        "RAISE(ABORT, 'what is under a plan are never deleted'); END"
    ),
    (
        "CREATE TRIGGER plan_item_no_replace BEFORE INSERT ON plan_item WHEN EXISTS (SELECT 1"
        " FROM plan_item WHERE plan_id = NEW.plan_id AND item_id = NEW.item_id) BEGIN SELECT "
        "RAISE(ABORT, 'what is under a plan are never replaced'); END"
    ),
    (
        "CREATE TRIGGER plan_step_no_update BEFORE UPDATE ON plan_step BEGIN SELECT "
        "RAISE(ABORT, 'steps of payment plans are never changed'); END"
    ),
    (
        "CREATE TRIGGER plan_step_no_delete BEFORE DELETE ON plan_step BEGIN SELECT "
        "RAISE(ABORT, 'steps of payment plans are never deleted'); END"
    ),
    (
        "CREATE TRIGGER plan_step_no_replace BEFORE INSERT ON plan_step WHEN EXISTS (SELECT 1"
        " FROM plan_step WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'steps of payment plans"
        " are never replaced'); END"
    ),
    (
        "CREATE TRIGGER alert_snooze_no_update BEFORE UPDATE ON alert_snooze BEGIN SELECT "
        "RAISE(ABORT, 'snoozed alerts are never changed'); END"
    ),
    (
        "CREATE TRIGGER alert_snooze_no_delete BEFORE DELETE ON alert_snooze BEGIN SELECT "
        "RAISE(ABORT, 'snoozed alerts are never deleted'); END"
    ),
    (
        "CREATE TRIGGER alert_snooze_no_replace BEFORE INSERT ON alert_snooze WHEN EXISTS "
        "(SELECT 1 FROM alert_snooze WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'snoozed "
        "alerts are never replaced'); END"
    ),
    (
        "CREATE TRIGGER estimate_no_update BEFORE UPDATE ON estimate BEGIN SELECT "
        "RAISE(ABORT, 'estimates are never changed'); END"
    ),
    (
        "CREATE TRIGGER estimate_no_delete BEFORE DELETE ON estimate BEGIN SELECT "
        "RAISE(ABORT, 'estimates are never deleted'); END"
    ),
    (
        "CREATE TRIGGER estimate_no_replace BEFORE INSERT ON estimate WHEN EXISTS (SELECT 1 "
        "FROM estimate WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'estimates are never "
        "replaced'); END"
    ),
    (
        "CREATE TRIGGER estimate_item_no_update BEFORE UPDATE ON estimate_item BEGIN SELECT "
        "RAISE(ABORT, 'lines of estimates are never changed'); END"
    ),
    (
        "CREATE TRIGGER estimate_item_no_delete BEFORE DELETE ON estimate_item BEGIN SELECT "
        "RAISE(ABORT, 'lines of estimates are never deleted'); END"
    ),
    (
        "CREATE TRIGGER estimate_item_no_replace BEFORE INSERT ON estimate_item WHEN EXISTS "
        "(SELECT 1 FROM estimate_item WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'lines of "
        "estimates are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_no_delete BEFORE DELETE ON card_attempt BEGIN SELECT "
        "RAISE(ABORT, 'card attempts are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_frozen BEFORE UPDATE ON card_attempt WHEN "
        "OLD.create_started_at IS NOT NULL AND (NEW.obligation, NEW.series, NEW.iid, NEW.dup,"
        " NEW.charge_id, NEW.plan_id, NEW.due_on, NEW.client_id, NEW.amount_cents, "
        "NEW.currency, NEW.customer, NEW.payment_method, NEW.params, NEW.api_version, "
        "NEW.create_started_at) IS NOT (OLD.obligation, OLD.series, OLD.iid, OLD.dup, "
        "OLD.charge_id, OLD.plan_id, OLD.due_on, OLD.client_id, OLD.amount_cents, "
        "OLD.currency, OLD.customer, OLD.payment_method, OLD.params, OLD.api_version, "
        "OLD.create_started_at) BEGIN SELECT RAISE(ABORT, 'a charge that was sent keeps its "
        "amount and card'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_first_writer BEFORE UPDATE ON card_attempt WHEN "
        "(OLD.processor_id IS NOT NULL AND NEW.processor_id IS NOT OLD.processor_id) OR "
        "(OLD.account IS NOT NULL AND NEW.account IS NOT OLD.account) OR (OLD.livemode IS NOT"
        " NULL AND NEW.livemode IS NOT OLD.livemode) OR (OLD.state = 'succeeded' AND "
        "NEW.state <> 'succeeded') BEGIN SELECT RAISE(ABORT, 'the processor''s answer about a"
        " charge is kept'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_event_no_update BEFORE UPDATE ON card_attempt_event "
        "BEGIN SELECT RAISE(ABORT, 'card attempt events are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_event_no_delete BEFORE DELETE ON card_attempt_event "
        "BEGIN SELECT RAISE(ABORT, 'card attempt events are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_attempt_event_no_replace BEFORE INSERT ON card_attempt_event "
        "WHEN EXISTS (SELECT 1 FROM card_attempt_event WHERE id = NEW.id) BEGIN SELECT "
        "RAISE(ABORT, 'card attempt events are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_import_no_update BEFORE UPDATE ON card_import BEGIN SELECT "
        "RAISE(ABORT, 'imported card payments are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_import_no_delete BEFORE DELETE ON card_import BEGIN SELECT "
        "RAISE(ABORT, 'imported card payments are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_import_no_replace BEFORE INSERT ON card_import WHEN EXISTS "
        "(SELECT 1 FROM card_import WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'imported "
        "card payments are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_hold_no_delete BEFORE DELETE ON card_hold BEGIN SELECT "
        "RAISE(ABORT, 'holds on cards are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_movement_no_delete BEFORE DELETE ON card_movement BEGIN SELECT "
        "RAISE(ABORT, 'movements of card money are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_movement_frozen BEFORE UPDATE ON card_movement WHEN "
        "(NEW.transaction_id, NEW.kind, NEW.category, NEW.source, NEW.intent, "
        "NEW.amount_cents, NEW.fee_cents, NEW.net_cents, NEW.created) IS NOT "
        "(OLD.transaction_id, OLD.kind, OLD.category, OLD.source, OLD.intent, "
        "OLD.amount_cents, OLD.fee_cents, OLD.net_cents, OLD.created) BEGIN SELECT "
        "RAISE(ABORT, 'a movement of card money is never changed'); END"
    ),
    (
        "CREATE TRIGGER card_payout_no_delete BEFORE DELETE ON card_payout BEGIN SELECT "
        "RAISE(ABORT, 'card payouts are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_dispute_no_delete BEFORE DELETE ON card_dispute BEGIN SELECT "
        "RAISE(ABORT, 'disputes are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_link_no_delete BEFORE DELETE ON payment_link BEGIN SELECT "
        "RAISE(ABORT, 'payment links are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_link_frozen BEFORE UPDATE ON payment_link WHEN (NEW.iid, "
        "NEW.client_id, NEW.amount_cents) IS NOT (OLD.iid, OLD.client_id, OLD.amount_cents) "
        "OR (OLD.link_id IS NOT NULL AND NEW.link_id IS NOT OLD.link_id) OR (OLD.state = "
        "'paid' AND NEW.state <> 'paid') BEGIN SELECT RAISE(ABORT, 'a payment link keeps its "
        "client and amount'); END"
    ),
    (
        "CREATE TRIGGER payment_link_item_no_update BEFORE UPDATE ON payment_link_item BEGIN "
        "SELECT RAISE(ABORT, 'items of payment links are never changed'); END"
    ),
    (
        "CREATE TRIGGER payment_link_item_no_delete BEFORE DELETE ON payment_link_item BEGIN "
        "SELECT RAISE(ABORT, 'items of payment links are never deleted'); END"
    ),
    (
        "CREATE TRIGGER payment_link_item_no_replace BEFORE INSERT ON payment_link_item WHEN "
        "EXISTS (SELECT 1 FROM payment_link_item WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT,"
        " 'items of payment links are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_customer_no_delete BEFORE DELETE ON card_customer BEGIN SELECT "
        "RAISE(ABORT, 'customers at the card processor are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_request_no_delete BEFORE DELETE ON card_request BEGIN SELECT "
        "RAISE(ABORT, 'requests for a card are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_request_frozen BEFORE UPDATE ON card_request WHEN (NEW.iid, "
        "NEW.client_id, NEW.scope, NEW.how, NEW.text_version, NEW.text) IS NOT (OLD.iid, "
        "OLD.client_id, OLD.scope, OLD.how, OLD.text_version, OLD.text) OR (OLD.page_id IS "
        "NOT NULL AND NEW.page_id IS NOT OLD.page_id) OR (OLD.account IS NOT NULL AND "
        "NEW.account IS NOT OLD.account) OR (OLD.livemode IS NOT NULL AND NEW.livemode IS NOT"
        " OLD.livemode) OR (OLD.card_id IS NOT NULL AND NEW.card_id IS NOT OLD.card_id) OR "
        "(OLD.state = 'completed' AND NEW.state <> 'completed') BEGIN SELECT RAISE(ABORT, 'a "
        "request for a card keeps what was asked and answered'); END"
    ),
    (
        "CREATE TRIGGER card_consent_no_update BEFORE UPDATE ON card_consent BEGIN SELECT "
        "RAISE(ABORT, 'consents are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_consent_no_delete BEFORE DELETE ON card_consent BEGIN SELECT "
        "RAISE(ABORT, 'consents are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_consent_no_replace BEFORE INSERT ON card_consent WHEN EXISTS "
        "(SELECT 1 FROM card_consent WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'consents "
        "are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_revocation_no_update BEFORE UPDATE ON card_revocation BEGIN "
        "SELECT RAISE(ABORT, 'revocations are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_revocation_no_delete BEFORE DELETE ON card_revocation BEGIN "
        "SELECT RAISE(ABORT, 'revocations are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_revocation_no_replace BEFORE INSERT ON card_revocation WHEN "
        "EXISTS (SELECT 1 FROM card_revocation WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, "
        "'revocations are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_change_no_update BEFORE UPDATE ON card_change BEGIN SELECT "
        "RAISE(ABORT, 'changes of cards are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_change_no_delete BEFORE DELETE ON card_change BEGIN SELECT "
        "RAISE(ABORT, 'changes of cards are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_change_no_replace BEFORE INSERT ON card_change WHEN EXISTS "
        "(SELECT 1 FROM card_change WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'changes of "
        "cards are never replaced'); END"
    ),
    (
        "CREATE TRIGGER card_detachment_no_delete BEFORE DELETE ON card_detachment BEGIN "
        "SELECT RAISE(ABORT, 'cards to be taken off are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_refund_no_delete BEFORE DELETE ON card_refund BEGIN SELECT "
        "RAISE(ABORT, 'card refunds are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_refund_frozen BEFORE UPDATE ON card_refund WHEN (NEW.iid, "
        "NEW.request, NEW.payment_id, NEW.intent, NEW.amount_cents, NEW.reason) IS NOT "
        "(OLD.iid, OLD.request, OLD.payment_id, OLD.intent, OLD.amount_cents, OLD.reason) OR "
        "(OLD.refund_id IS NOT NULL AND NEW.refund_id IS NOT OLD.refund_id) OR (OLD.entry_id "
        "IS NOT NULL AND NEW.entry_id IS NOT OLD.entry_id) BEGIN SELECT RAISE(ABORT, 'a "
        "refund keeps its payment, amount and entry'); END"
    ),
    (
        "CREATE TRIGGER card_refund_event_no_update BEFORE UPDATE ON card_refund_event BEGIN "
        "SELECT RAISE(ABORT, 'card refund events are never changed'); END"
    ),
    (
        "CREATE TRIGGER card_refund_event_no_delete BEFORE DELETE ON card_refund_event BEGIN "
        "SELECT RAISE(ABORT, 'card refund events are never deleted'); END"
    ),
    (
        "CREATE TRIGGER card_refund_event_no_replace BEFORE INSERT ON card_refund_event WHEN "
        "EXISTS (SELECT 1 FROM card_refund_event WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT,"
        " 'card refund events are never replaced'); END"
    ),
    (
        "CREATE TRIGGER told_decision_no_update BEFORE UPDATE ON told_decision BEGIN SELECT "
        "RAISE(ABORT, 'decisions of earlier insurers are never changed'); END"
    ),
    (
        "CREATE TRIGGER told_decision_no_delete BEFORE DELETE ON told_decision BEGIN SELECT "
        "RAISE(ABORT, 'decisions of earlier insurers are never deleted'); END"
    ),
    (
        "CREATE TRIGGER told_decision_no_replace BEFORE INSERT ON told_decision WHEN EXISTS "
        "(SELECT 1 FROM told_decision WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, 'decisions"
        " of earlier insurers are never replaced'); END"
    ),
    (
        "CREATE TRIGGER claim_no_delete BEFORE DELETE ON claim BEGIN SELECT RAISE(ABORT, "
        "'claims are never deleted'); END"
    ),
    (
        "CREATE TRIGGER claim_submission_no_delete BEFORE DELETE ON claim_submission BEGIN "
        "SELECT RAISE(ABORT, 'claim files are never deleted'); END"
    ),
    (
        "CREATE TRIGGER claim_event_no_delete BEFORE DELETE ON claim_event BEGIN SELECT "
        "RAISE(ABORT, 'claim events are never deleted'); END"
    ),
    (
        "CREATE TRIGGER claim_transmission_no_delete BEFORE DELETE ON claim_transmission "
        "BEGIN SELECT RAISE(ABORT, 'hand-overs of claim files are never deleted'); END"
    ),
    (
        "CREATE TRIGGER inbound_file_no_delete BEFORE DELETE ON inbound_file BEGIN SELECT "
        "RAISE(ABORT, 'files from outside are never deleted'); END"
    ),
    (
        "CREATE TRIGGER inbound_file_fixed BEFORE UPDATE OF sha256, content, size ON "
        "inbound_file BEGIN SELECT RAISE(ABORT, 'files from outside are kept as they came'); "
        "END"
    ),
    (
        "CREATE TRIGGER remittance_payment_no_delete BEFORE DELETE ON remittance_payment "
        "BEGIN SELECT RAISE(ABORT, 'payments of insurers are never deleted'); END"
    ),
    (
        "CREATE TRIGGER claim_decision_no_delete BEFORE DELETE ON claim_decision BEGIN SELECT"
        " RAISE(ABORT, 'decisions of insurers are never deleted'); END"
    ),
    (
        "CREATE TRIGGER claim_decision_fixed BEFORE UPDATE OF charge_cents, paid_cents, "
        "facts, status_code, control_number ON claim_decision BEGIN SELECT RAISE(ABORT, "
        "'decisions of insurers are kept as they came'); END"
    ),
    (
        "CREATE TRIGGER claim_task_no_delete BEFORE DELETE ON claim_task BEGIN SELECT "
        "RAISE(ABORT, 'claim tasks are never deleted'); END"
    ),
    (
        "CREATE TRIGGER eligibility_check_no_delete BEFORE DELETE ON eligibility_check BEGIN "
        "SELECT RAISE(ABORT, 'answers about coverage are never deleted'); END"
    ),
    (
        "CREATE TRIGGER issued_document_no_update BEFORE UPDATE ON issued_document BEGIN "
        "SELECT RAISE(ABORT, 'issued documents are never changed'); END"
    ),
    (
        "CREATE TRIGGER issued_document_no_delete BEFORE DELETE ON issued_document BEGIN "
        "SELECT RAISE(ABORT, 'issued documents are never deleted'); END"
    ),
    (
        "CREATE TRIGGER issued_document_no_replace BEFORE INSERT ON issued_document WHEN "
        "EXISTS (SELECT 1 FROM issued_document WHERE id = NEW.id) BEGIN SELECT RAISE(ABORT, "
        "'issued documents are never replaced'); END"
    ),
    (
        "CREATE TRIGGER undo_step_no_delete BEFORE DELETE ON undo_step BEGIN SELECT "
        "RAISE(ABORT, 'steps are never deleted'); END"
    ),
    (
        "CREATE TRIGGER undo_step_once BEFORE UPDATE ON undo_step WHEN OLD.undone_at IS NOT "
        "NULL OR NEW.undone_at IS NULL OR (NEW.id, NEW.at, NEW.verb, NEW.words, NEW.facts) IS"
        " NOT (OLD.id, OLD.at, OLD.verb, OLD.words, OLD.facts) BEGIN SELECT RAISE(ABORT, 'a "
        "step is undone once and never changed'); END"
    ),
]


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("party", sa.String(length=80), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("name", name=op.f("uq_account_name")),
    )
    op.create_index("ix_account_party", "account", ["party", "role"], unique=False)
    op.create_index(op.f("ix_account_role"), "account", ["role"], unique=False)
    op.create_table(
        "alert_snooze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("ref", sa.String(length=160), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("snoozed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_snooze")),
    )
    op.create_index("ix_alert_snooze_about", "alert_snooze", ["kind", "ref"], unique=False)
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=False),
        sa.Column("changes", sa.Text(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_table(
        "card_anchor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("install", sa.String(length=32), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=True),
        sa.Column("swept_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("id = 1", name=op.f("ck_card_anchor_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_anchor")),
    )
    op.create_table(
        "card_freeze",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_card_freeze_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_freeze")),
    )
    op.create_table(
        "claim_submission",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_name", sa.String(length=120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("usage", sa.String(length=1), nullable=False),
        sa.Column("holds", sa.String(length=4), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("handed_over_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("holds IN ('837P', '270')", name=op.f("ck_claim_submission_holds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_submission")),
        sa.UniqueConstraint("file_name", name=op.f("uq_claim_submission_file_name")),
        sa.UniqueConstraint("sha256", name=op.f("uq_claim_submission_sha256")),
    )
    op.create_table(
        "client",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("preferred_name", sa.String(length=80), nullable=False),
        sa.Column("dob", sa.Date(), nullable=True),
        sa.Column("sex", sa.String(length=1), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("address1", sa.String(length=120), nullable=False),
        sa.Column("address2", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("payment_type", sa.String(length=20), nullable=False),
        sa.Column("autopay", sa.String(length=10), nullable=False),
        sa.Column("superbill", sa.String(length=10), nullable=False),
        sa.Column("search", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client")),
        sa.UniqueConstraint("ref", name=op.f("uq_client_ref")),
    )
    op.create_index("ix_client_name", "client", ["last_name", "first_name", "id"], unique=False)
    op.create_index(op.f("ix_client_search"), "client", ["search"], unique=False)
    op.create_table(
        "clinician",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("first_name", sa.String(length=80), nullable=False),
        sa.Column("last_name", sa.String(length=80), nullable=False),
        sa.Column("credential", sa.String(length=40), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("license_number", sa.String(length=40), nullable=False),
        sa.Column("license_state", sa.String(length=2), nullable=False),
        sa.Column("taxonomy", sa.String(length=10), nullable=False),
        sa.Column("supervisor_ref", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clinician")),
        sa.UniqueConstraint("ref", name=op.f("uq_clinician_ref")),
    )
    op.create_table(
        "closed_period",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reopened_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("first <= last", name=op.f("ck_closed_period_in_order")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_closed_period")),
    )
    op.create_index(op.f("ix_closed_period_last"), "closed_period", ["last"], unique=False)
    op.create_table(
        "code_list",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fiscal_year", sa.Integer(), nullable=False),
        sa.Column("release", sa.String(length=80), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_code_list")),
        sa.UniqueConstraint("fiscal_year", name=op.f("uq_code_list_fiscal_year")),
    )
    op.create_table(
        "day_closed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("first_closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_closed")),
        sa.UniqueConstraint("day", name=op.f("uq_day_closed_day")),
    )
    op.create_table(
        "entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("reverses", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["reverses"], ["entry.id"], name=op.f("fk_entry_reverses")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry")),
        sa.UniqueConstraint("key", name=op.f("uq_entry_key")),
    )
    op.create_index(
        "uq_entry_reverses",
        "entry",
        ["reverses"],
        unique=True,
        sqlite_where=sa.text("reverses IS NOT NULL"),
    )
    op.create_table(
        "inbound_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("came_by", sa.String(length=300), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbound_file")),
        sa.UniqueConstraint("sha256", name=op.f("uq_inbound_file_sha256")),
    )
    op.create_index("ix_inbound_file_status", "inbound_file", ["status"], unique=False)
    op.create_table(
        "job_run",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('done', 'offline', 'attention')", name=op.f("ck_job_run_state")
        ),
        sa.CheckConstraint("failures >= 0", name=op.f("ck_job_run_failures")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_job_run")),
    )
    op.create_table(
        "payer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("payer_id", sa.String(length=80), nullable=False),
        sa.Column("claim_filing_code", sa.String(length=2), nullable=False),
        sa.Column("timely_filing_days", sa.Integer(), nullable=True),
        sa.Column("timely_filing_source", sa.String(length=200), nullable=False),
        sa.Column("timely_filing_as_of", sa.Date(), nullable=True),
        sa.Column("expected_payment_days", sa.Integer(), nullable=True),
        sa.Column("telehealth_modifier", sa.String(length=4), nullable=True),
        sa.Column("telehealth_place", sa.String(length=8), nullable=True),
        sa.Column("address1", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("missed_fee_allowed", sa.Boolean(), nullable=True),
        sa.Column("packages_allowed", sa.Boolean(), nullable=False),
        sa.Column("always_rendering", sa.Boolean(), nullable=False),
        sa.Column("needs_taxonomy", sa.Boolean(), nullable=False),
        sa.Column("needs_group_number", sa.Boolean(), nullable=False),
        sa.Column("needs_authorization", sa.Boolean(), nullable=False),
        sa.Column("takes_replacements", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer")),
        sa.UniqueConstraint("ref", name=op.f("uq_payer_ref")),
    )
    op.create_table(
        "poll_cursor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("polled_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swept_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("swept_whole", sa.Boolean(), nullable=False),
        sa.Column("balance_before_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_poll_cursor_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_poll_cursor")),
    )
    op.create_table(
        "poll_event",
        sa.Column("event_id", sa.String(length=80), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_poll_event")),
    )
    op.create_index(op.f("ix_poll_event_created"), "poll_event", ["created"], unique=False)
    op.create_table(
        "practice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("legal_name", sa.String(length=120), nullable=False),
        sa.Column("entity", sa.String(length=20), nullable=False),
        sa.Column("npi", sa.String(length=10), nullable=False),
        sa.Column("tax_id", sa.String(length=9), nullable=False),
        sa.Column("tax_id_type", sa.String(length=3), nullable=False),
        sa.Column("taxonomy", sa.String(length=10), nullable=False),
        sa.Column("address1", sa.String(length=120), nullable=False),
        sa.Column("address2", sa.String(length=120), nullable=False),
        sa.Column("city", sa.String(length=80), nullable=False),
        sa.Column("state", sa.String(length=2), nullable=False),
        sa.Column("zip", sa.String(length=10), nullable=False),
        sa.Column("phone", sa.String(length=20), nullable=False),
        sa.Column("email", sa.String(length=120), nullable=False),
        sa.Column("pay_to_address1", sa.String(length=120), nullable=False),
        sa.Column("pay_to_address2", sa.String(length=120), nullable=False),
        sa.Column("pay_to_city", sa.String(length=80), nullable=False),
        sa.Column("pay_to_state", sa.String(length=2), nullable=False),
        sa.Column("pay_to_zip", sa.String(length=10), nullable=False),
        sa.Column("facility_name", sa.String(length=120), nullable=False),
        sa.Column("facility_npi", sa.String(length=10), nullable=False),
        sa.Column("facility_address1", sa.String(length=120), nullable=False),
        sa.Column("facility_city", sa.String(length=80), nullable=False),
        sa.Column("facility_state", sa.String(length=2), nullable=False),
        sa.Column("facility_zip", sa.String(length=10), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_practice_only_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practice")),
    )
    op.create_table(
        "secret",
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("value", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_secret")),
    )
    op.create_table(
        "setting",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "undo_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("verb", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_undo_step")),
    )
    op.create_index("ix_undo_step_undone_at", "undo_step", ["undone_at", "id"], unique=False)
    op.create_table(
        "card",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("stripe_customer", sa.String(length=80), nullable=False),
        sa.Column("stripe_payment_method", sa.String(length=80), nullable=False),
        sa.Column("brand", sa.String(length=30), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("consent_date", sa.Date(), nullable=True),
        sa.Column("consent_scope", sa.String(length=40), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=True),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("for_fees", sa.Boolean(), nullable=False),
        sa.Column("fingerprint", sa.String(length=80), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_card_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card")),
    )
    op.create_index(op.f("ix_card_client_id"), "card", ["client_id"], unique=False)
    op.create_table(
        "card_customer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("mark", sa.String(length=32), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_card_customer_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_customer")),
        sa.UniqueConstraint("client_id", name=op.f("uq_card_customer_client_id")),
        sa.UniqueConstraint("customer", name=op.f("uq_card_customer_customer")),
        sa.UniqueConstraint("mark", name=op.f("uq_card_customer_mark")),
    )
    op.create_table(
        "card_dispute",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("processor_id", sa.String(length=80), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("reason", sa.String(length=60), nullable=False),
        sa.Column("due_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("disputed_cents", sa.Integer(), nullable=False),
        sa.Column("closed_entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_card_dispute_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["closed_entry_id"], ["entry.id"], name=op.f("fk_card_dispute_closed_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_dispute")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_card_dispute_processor_id")),
    )
    op.create_index(op.f("ix_card_dispute_client_id"), "card_dispute", ["client_id"], unique=False)
    op.create_index(op.f("ix_card_dispute_intent"), "card_dispute", ["intent"], unique=False)
    op.create_table(
        "card_hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_reason", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_card_hold_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_hold")),
        sa.UniqueConstraint("source", name=op.f("uq_card_hold_source")),
    )
    op.create_index(op.f("ix_card_hold_client_id"), "card_hold", ["client_id"], unique=False)
    op.create_table(
        "card_import",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("processor_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_card_import_client_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_card_import_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_import")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_card_import_processor_id")),
    )
    op.create_table(
        "card_payout",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("processor_id", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("arrives_on", sa.Date(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("failure", sa.String(length=80), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("taken_apart", sa.Boolean(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("returned_entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_card_payout_entry_id")),
        sa.ForeignKeyConstraint(
            ["returned_entry_id"], ["entry.id"], name=op.f("fk_card_payout_returned_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_payout")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_card_payout_processor_id")),
    )
    op.create_table(
        "care_session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("clinician_id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("break_minutes", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=30), nullable=False),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("do_not_bill_insurer", sa.Boolean(), nullable=False),
        sa.Column("booked_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_care_session_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["clinician_id"], ["clinician.id"], name=op.f("fk_care_session_clinician_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_care_session")),
        sa.UniqueConstraint("ref", name=op.f("uq_care_session_ref")),
    )
    op.create_index(op.f("ix_care_session_client_id"), "care_session", ["client_id"], unique=False)
    op.create_index(
        "ix_care_session_day", "care_session", ["date_of_service", "starts_at"], unique=False
    )
    op.create_table(
        "claim_transmission",
        sa.Column("submission_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("receipt", sa.String(length=300), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "state IN ('waiting', 'handing_over', 'unknown', 'sent', 'refused')",
            name=op.f("ck_claim_transmission_state"),
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["claim_submission.id"],
            name=op.f("fk_claim_transmission_submission_id"),
        ),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_claim_transmission")),
        sa.UniqueConstraint("name", name=op.f("uq_claim_transmission_name")),
    )
    op.create_index("ix_claim_transmission_state", "claim_transmission", ["state"], unique=False)
    op.create_table(
        "client_diagnosis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_client_diagnosis_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_client_diagnosis")),
        sa.UniqueConstraint(
            "client_id", "position", name=op.f("uq_client_diagnosis_client_id_position")
        ),
    )
    op.create_table(
        "coverage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.String(length=80), nullable=False),
        sa.Column("group_number", sa.String(length=80), nullable=False),
        sa.Column("relationship_to_insured", sa.String(length=10), nullable=False),
        sa.Column("insured_first_name", sa.String(length=80), nullable=False),
        sa.Column("insured_last_name", sa.String(length=80), nullable=False),
        sa.Column("insured_dob", sa.Date(), nullable=True),
        sa.Column("insured_sex", sa.String(length=1), nullable=False),
        sa.Column("insured_address1", sa.String(length=120), nullable=False),
        sa.Column("insured_city", sa.String(length=80), nullable=False),
        sa.Column("insured_state", sa.String(length=2), nullable=False),
        sa.Column("insured_zip", sa.String(length=10), nullable=False),
        sa.Column("copay_cents", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("authorization_number", sa.String(length=50), nullable=False),
        sa.Column("authorization_sessions", sa.Integer(), nullable=True),
        sa.Column("referring_first_name", sa.String(length=80), nullable=False),
        sa.Column("referring_last_name", sa.String(length=80), nullable=False),
        sa.Column("referring_npi", sa.String(length=10), nullable=False),
        sa.Column("insurance_type", sa.String(length=2), nullable=False),
        sa.Column("coinsurance_bp", sa.Integer(), nullable=True),
        sa.Column("deductible_cents", sa.Integer(), nullable=True),
        sa.Column("deductible_left_cents", sa.Integer(), nullable=True),
        sa.Column("benefits_as_of", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_coverage_client_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_coverage_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coverage")),
    )
    op.create_index("ix_coverage_client", "coverage", ["client_id", "rank"], unique=False)
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_deposit_entry_id")),
        sa.ForeignKeyConstraint(
            ["taken_back_entry_id"], ["entry.id"], name=op.f("fk_deposit_taken_back_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("ref", name=op.f("uq_deposit_ref")),
    )
    op.create_table(
        "estimate",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_on", sa.Date(), nullable=True),
        sa.Column("scheduled_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.CheckConstraint("starts_on <= ends_on", name=op.f("ck_estimate_in_order")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_estimate_client_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate")),
        sa.UniqueConstraint("client_id", "version", name=op.f("uq_estimate_client_id_version")),
    )
    op.create_table(
        "fee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=True),
        sa.Column("modifier", sa.String(length=2), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_fee_client_id")),
        sa.ForeignKeyConstraint(["payer_id"], ["payer.id"], name=op.f("fk_fee_payer_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee")),
    )
    op.create_index("ix_fee_code", "fee", ["code", "effective_from"], unique=False)
    op.create_table(
        "issued_document",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("number", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("period_from", sa.Date(), nullable=False),
        sa.Column("period_to", sa.Date(), nullable=False),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("inputs", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_issued_document_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_issued_document")),
        sa.UniqueConstraint(
            "kind", "number", "version", name=op.f("uq_issued_document_kind_number_version")
        ),
    )
    op.create_index(
        "ix_issued_document_client", "issued_document", ["client_id", "kind"], unique=False
    )
    op.create_table(
        "mailbox_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_file.id"], name=op.f("fk_mailbox_item_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mailbox_item")),
        sa.UniqueConstraint("place", "key", name=op.f("uq_mailbox_item_place_key")),
    )
    op.create_index(
        op.f("ix_mailbox_item_inbound_id"), "mailbox_item", ["inbound_id"], unique=False
    )
    op.create_table(
        "open_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("debtor", sa.String(length=80), nullable=True),
        sa.Column("session", sa.String(length=80), nullable=True),
        sa.Column("source", sa.String(length=160), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount_cents) = 'integer' AND amount_cents > 0",
            name=op.f("ck_open_item_positive"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_open_item_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_open_item")),
        sa.UniqueConstraint("source", name=op.f("uq_open_item_source")),
    )
    op.create_index("ix_open_item_client", "open_item", ["client", "date_of_service"], unique=False)
    op.create_index(op.f("ix_open_item_session"), "open_item", ["session"], unique=False)
    op.create_table(
        "payer_enrollment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payer_id", sa.Integer(), nullable=False),
        sa.Column("exchange", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("approved_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "exchange IN ('claims', 'remittance', 'eligibility')",
            name=op.f("ck_payer_enrollment_exchange"),
        ),
        sa.CheckConstraint(
            "state IN ('not_needed', 'to_do', 'sent', 'approved')",
            name=op.f("ck_payer_enrollment_state"),
        ),
        sa.ForeignKeyConstraint(
            ["payer_id"], ["payer.id"], name=op.f("fk_payer_enrollment_payer_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payer_enrollment")),
        sa.UniqueConstraint(
            "payer_id", "exchange", name=op.f("uq_payer_enrollment_payer_id_exchange")
        ),
    )
    op.create_index(
        op.f("ix_payer_enrollment_payer_id"), "payer_enrollment", ["payer_id"], unique=False
    )
    op.create_table(
        "payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("deposited_on", sa.Date(), nullable=True),
        sa.Column("reference", sa.String(length=160), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "typeof(amount_cents) = 'integer' AND amount_cents > 0",
            name=op.f("ck_payment_positive"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_payment_entry_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment")),
        sa.UniqueConstraint("ref", name=op.f("uq_payment_ref")),
    )
    op.create_index(op.f("ix_payment_client"), "payment", ["client"], unique=False)
    op.create_index(op.f("ix_payment_entry_id"), "payment", ["entry_id"], unique=False)
    op.create_table(
        "payment_link",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iid", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.Integer(), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.String(length=80), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_payment_link_positive")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_payment_link_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_entry_id"], ["entry.id"], name=op.f("fk_payment_link_payment_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_link")),
        sa.UniqueConstraint("iid", name=op.f("uq_payment_link_iid")),
        sa.UniqueConstraint("intent", name=op.f("uq_payment_link_intent")),
        sa.UniqueConstraint("link_id", name=op.f("uq_payment_link_link_id")),
        sa.UniqueConstraint("open_for", name=op.f("uq_payment_link_open_for")),
    )
    op.create_index(op.f("ix_payment_link_client_id"), "payment_link", ["client_id"], unique=False)
    op.create_index("ix_payment_link_state", "payment_link", ["state"], unique=False)
    op.create_table(
        "payment_plan",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "amount_cents > 0 AND total_cents > 0", name=op.f("ck_payment_plan_positive")
        ),
        sa.CheckConstraint("day BETWEEN 1 AND 31", name=op.f("ck_payment_plan_day_of_month")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_payment_plan_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_plan")),
        sa.UniqueConstraint("ref", name=op.f("uq_payment_plan_ref")),
    )
    op.create_index(op.f("ix_payment_plan_client_id"), "payment_plan", ["client_id"], unique=False)
    op.create_table(
        "posting",
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("date", sa.Date(), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "typeof(amount_cents) = 'integer' AND amount_cents <> 0",
            name=op.f("ck_posting_whole_cents"),
        ),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_posting_account_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"],
            ["entry.id"],
            name=op.f("fk_posting_entry_id"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("entry_id", "line", name=op.f("pk_posting")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_posting_account",
        "posting",
        ["account_id", "client", "date", "amount_cents"],
        unique=False,
    )
    op.create_index(
        "ix_posting_date",
        "posting",
        ["date", "entry_id", "account_id", "amount_cents"],
        unique=False,
    )
    op.create_table(
        "remittance_payment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("trace", sa.String(length=80), nullable=False),
        sa.Column("payer_name", sa.String(length=120), nullable=False),
        sa.Column("payer_ref", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("passes", sa.Integer(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("posted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('posted', 'held', 'undone')", name=op.f("ck_remittance_payment_state")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_file.id"], name=op.f("fk_remittance_payment_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_remittance_payment")),
        sa.UniqueConstraint(
            "inbound_id", "position", name=op.f("uq_remittance_payment_inbound_id_position")
        ),
    )
    op.create_index(
        op.f("ix_remittance_payment_identity"), "remittance_payment", ["identity"], unique=False
    )
    op.create_index(
        op.f("ix_remittance_payment_inbound_id"), "remittance_payment", ["inbound_id"], unique=False
    )
    op.create_table(
        "sliding_agreement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("tier", sa.String(length=80), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("covers_missed", sa.Boolean(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("effective_to", sa.Date(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "effective_to IS NULL OR effective_to >= effective_from",
            name=op.f("ck_sliding_agreement_in_order"),
        ),
        sa.CheckConstraint(
            "percent IS NULL OR percent BETWEEN 0 AND 100",
            name=op.f("ck_sliding_agreement_percent"),
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_sliding_agreement_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sliding_agreement")),
    )
    op.create_index(
        "ix_sliding_agreement_client",
        "sliding_agreement",
        ["client_id", "effective_from"],
        unique=False,
    )
    op.create_index(
        op.f("ix_sliding_agreement_review_on"), "sliding_agreement", ["review_on"], unique=False
    )
    op.create_table(
        "allocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "typeof(amount_cents) = 'integer' AND amount_cents <> 0",
            name=op.f("ck_allocation_not_zero"),
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_allocation_entry_id")),
        sa.ForeignKeyConstraint(["item_id"], ["open_item.id"], name=op.f("fk_allocation_item_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_allocation_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation")),
    )
    op.create_index("ix_allocation_item", "allocation", ["item_id", "amount_cents"], unique=False)
    op.create_index(
        "ix_allocation_payment", "allocation", ["payment_id", "amount_cents"], unique=False
    )
    op.create_table(
        "card_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=30), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_change_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_change")),
    )
    op.create_index(op.f("ix_card_change_card_id"), "card_change", ["card_id"], unique=False)
    op.create_table(
        "card_detachment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("payment_method", sa.String(length=80), nullable=False),
        sa.Column("wanted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_detachment_card_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_detachment")),
        sa.UniqueConstraint("payment_method", name=op.f("uq_card_detachment_payment_method")),
    )
    op.create_index(
        op.f("ix_card_detachment_card_id"), "card_detachment", ["card_id"], unique=False
    )
    op.create_table(
        "card_movement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("transaction_id", sa.String(length=80), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("category", sa.String(length=60), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=True),
        sa.Column("intent", sa.String(length=80), nullable=True),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("net_cents", sa.Integer(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("available_on", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=80), nullable=False),
        sa.Column("livemode", sa.Boolean(), nullable=False),
        sa.Column("payout_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["payout_id"], ["card_payout.id"], name=op.f("fk_card_movement_payout_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_movement")),
        sa.UniqueConstraint("transaction_id", name=op.f("uq_card_movement_transaction_id")),
    )
    op.create_index(
        op.f("ix_card_movement_available_on"), "card_movement", ["available_on"], unique=False
    )
    op.create_index(op.f("ix_card_movement_intent"), "card_movement", ["intent"], unique=False)
    op.create_index(
        op.f("ix_card_movement_payout_id"), "card_movement", ["payout_id"], unique=False
    )
    op.create_index(op.f("ix_card_movement_source"), "card_movement", ["source"], unique=False)
    op.create_table(
        "card_refund",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iid", sa.String(length=32), nullable=False),
        sa.Column("request", sa.String(length=80), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("intent", sa.String(length=80), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.String(length=80), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("returned_entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_card_refund_positive")),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_card_refund_entry_id")),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_card_refund_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["returned_entry_id"], ["entry.id"], name=op.f("fk_card_refund_returned_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_refund")),
        sa.UniqueConstraint("iid", name=op.f("uq_card_refund_iid")),
        sa.UniqueConstraint("refund_id", name=op.f("uq_card_refund_refund_id")),
    )
    op.create_index(op.f("ix_card_refund_payment_id"), "card_refund", ["payment_id"], unique=False)
    op.create_index("ix_card_refund_state", "card_refund", ["state"], unique=False)
    op.create_table(
        "card_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("iid", sa.String(length=32), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("open_for", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("keys", sa.Integer(), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=True),
        sa.Column("page_id", sa.String(length=120), nullable=True),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_request_card_id")),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_card_request_client_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_request")),
        sa.UniqueConstraint("iid", name=op.f("uq_card_request_iid")),
        sa.UniqueConstraint("open_for", name=op.f("uq_card_request_open_for")),
        sa.UniqueConstraint("page_id", name=op.f("uq_card_request_page_id")),
    )
    op.create_index(op.f("ix_card_request_client_id"), "card_request", ["client_id"], unique=False)
    op.create_index("ix_card_request_state", "card_request", ["state"], unique=False)
    op.create_table(
        "courtesy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("promised_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_courtesy_positive")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["care_session.id"], name=op.f("fk_courtesy_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courtesy")),
        sa.UniqueConstraint("session_id", name=op.f("uq_courtesy_session_id")),
    )
    op.create_table(
        "deposit_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("deposit_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deposit_id"], ["deposit.id"], name=op.f("fk_deposit_line_deposit_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_deposit_line_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit_line")),
    )
    op.create_index(
        op.f("ix_deposit_line_deposit_id"), "deposit_line", ["deposit_id"], unique=False
    )
    op.create_index(
        op.f("ix_deposit_line_payment_id"), "deposit_line", ["payment_id"], unique=False
    )
    op.create_table(
        "eligibility_check",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("coverage_id", sa.Integer(), nullable=False),
        sa.Column("about", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("number", sa.Integer(), nullable=True),
        sa.Column("question", sa.LargeBinary(), nullable=True),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("reference_number", sa.String(length=60), nullable=False),
        sa.Column("spoke_with", sa.String(length=80), nullable=False),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("plan", sa.String(length=120), nullable=False),
        sa.Column("copay_cents", sa.Integer(), nullable=True),
        sa.Column("coinsurance_bp", sa.Integer(), nullable=True),
        sa.Column("deductible_cents", sa.Integer(), nullable=True),
        sa.Column("deductible_left_cents", sa.Integer(), nullable=True),
        sa.Column("out_of_pocket_left_cents", sa.Integer(), nullable=True),
        sa.Column("authorization_needed", sa.Boolean(), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "how IN ('transport', 'telephone', 'file')", name=op.f("ck_eligibility_check_how")
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'asked', 'answered', 'failed')",
            name=op.f("ck_eligibility_check_state"),
        ),
        sa.CheckConstraint(
            "status IN ('', 'active', 'inactive', 'unknown')",
            name=op.f("ck_eligibility_check_status"),
        ),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverage.id"], name=op.f("fk_eligibility_check_coverage_id")
        ),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_file.id"], name=op.f("fk_eligibility_check_inbound_id")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"],
            ["claim_submission.id"],
            name=op.f("fk_eligibility_check_submission_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_eligibility_check")),
        sa.UniqueConstraint("number", name=op.f("uq_eligibility_check_number")),
    )
    op.create_index(
        "ix_eligibility_check_coverage", "eligibility_check", ["coverage_id", "state"], unique=False
    )
    op.create_index("ix_eligibility_check_state", "eligibility_check", ["state"], unique=False)
    op.create_index(
        "ix_eligibility_check_submission", "eligibility_check", ["submission_id"], unique=False
    )
    op.create_table(
        "estimate_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("estimate_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("place", sa.String(length=20), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.Column("fee_rule", sa.Text(), nullable=False),
        sa.CheckConstraint("sessions > 0 AND unit_cents >= 0", name=op.f("ck_estimate_item_sound")),
        sa.ForeignKeyConstraint(
            ["estimate_id"], ["estimate.id"], name=op.f("fk_estimate_item_estimate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_estimate_item")),
        sa.UniqueConstraint(
            "estimate_id", "position", name=op.f("uq_estimate_item_estimate_id_position")
        ),
    )
    op.create_table(
        "fee_waiver",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("waived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["care_session.id"], name=op.f("fk_fee_waiver_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_waiver")),
        sa.UniqueConstraint("session_id", name=op.f("uq_fee_waiver_session_id")),
    )
    op.create_table(
        "note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["care_session.id"], name=op.f("fk_note_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["clinician.id"], name=op.f("fk_note_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_note")),
        sa.UniqueConstraint("session_id", name=op.f("uq_note_session_id")),
    )
    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("sold_on", sa.Date(), nullable=False),
        sa.Column("sessions", sa.Integer(), nullable=False),
        sa.Column("price_cents", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_package_client_id")),
        sa.ForeignKeyConstraint(["payment_id"], ["payment.id"], name=op.f("fk_package_payment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
    )
    op.create_index(op.f("ix_package_client_id"), "package", ["client_id"], unique=False)
    op.create_table(
        "payment_link_item",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("link_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_id"], ["open_item.id"], name=op.f("fk_payment_link_item_item_id")
        ),
        sa.ForeignKeyConstraint(
            ["link_id"], ["payment_link.id"], name=op.f("fk_payment_link_item_link_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_link_item")),
    )
    op.create_index(
        op.f("ix_payment_link_item_item_id"), "payment_link_item", ["item_id"], unique=False
    )
    op.create_index(
        op.f("ix_payment_link_item_link_id"), "payment_link_item", ["link_id"], unique=False
    )
    op.create_table(
        "payment_return",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("ref", sa.String(length=80), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("returned_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "typeof(amount_cents) = 'integer' AND amount_cents <> 0",
            name=op.f("ck_payment_return_not_zero"),
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_payment_return_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["payment.id"], name=op.f("fk_payment_return_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_payment_return")),
    )
    op.create_index(
        "ix_payment_return_payment", "payment_return", ["payment_id", "amount_cents"], unique=False
    )
    op.create_table(
        "plan_item",
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.Column("adjusted_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents > 0", name=op.f("ck_plan_item_positive")),
        sa.ForeignKeyConstraint(["item_id"], ["open_item.id"], name=op.f("fk_plan_item_item_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["payment_plan.id"], name=op.f("fk_plan_item_plan_id")
        ),
        sa.PrimaryKeyConstraint("plan_id", "item_id", name=op.f("pk_plan_item")),
    )
    op.create_index(op.f("ix_plan_item_item_id"), "plan_item", ["item_id"], unique=False)
    op.create_table(
        "plan_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=True),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_plan_step_card_id")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["payment_plan.id"], name=op.f("fk_plan_step_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_step")),
    )
    op.create_index(op.f("ix_plan_step_plan_id"), "plan_step", ["plan_id"], unique=False)
    op.create_table(
        "session_diagnosis",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["session_id"], ["care_session.id"], name=op.f("fk_session_diagnosis_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session_diagnosis")),
        sa.UniqueConstraint(
            "session_id", "position", name=op.f("uq_session_diagnosis_session_id_position")
        ),
    )
    op.create_table(
        "sliding_amount",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("agreement_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("cents >= 0", name=op.f("ck_sliding_amount_not_negative")),
        sa.ForeignKeyConstraint(
            ["agreement_id"], ["sliding_agreement.id"], name=op.f("fk_sliding_amount_agreement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sliding_amount")),
        sa.UniqueConstraint(
            "agreement_id", "code", name=op.f("uq_sliding_amount_agreement_id_code")
        ),
    )
    op.create_table(
        "card_consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("given_on", sa.Date(), nullable=False),
        sa.Column("how", sa.String(length=20), nullable=False),
        sa.Column("text_version", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("brand", sa.String(length=30), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("exp_month", sa.Integer(), nullable=True),
        sa.Column("exp_year", sa.Integer(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_consent_card_id")),
        sa.ForeignKeyConstraint(
            ["request_id"], ["card_request.id"], name=op.f("fk_card_consent_request_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_consent")),
        sa.UniqueConstraint("request_id", name=op.f("uq_card_consent_request_id")),
    )
    op.create_index(op.f("ix_card_consent_card_id"), "card_consent", ["card_id"], unique=False)
    op.create_table(
        "card_refund_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("refund_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["refund_id"], ["card_refund.id"], name=op.f("fk_card_refund_event_refund_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_refund_event")),
    )
    op.create_index(
        op.f("ix_card_refund_event_refund_id"), "card_refund_event", ["refund_id"], unique=False
    )
    op.create_table(
        "charge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("date_of_service", sa.Date(), nullable=False),
        sa.Column("route", sa.String(length=20), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("pos", sa.String(length=2), nullable=False),
        sa.Column("diagnoses", sa.String(length=120), nullable=False),
        sa.Column("coverage_id", sa.Integer(), nullable=True),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("copay_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("open_item_id", sa.Integer(), nullable=True),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("billed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("voided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("void_reason", sa.Text(), nullable=True),
        sa.Column("void_entry_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_charge_client_id")),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverage.id"], name=op.f("fk_charge_coverage_id")
        ),
        sa.ForeignKeyConstraint(["entry_id"], ["entry.id"], name=op.f("fk_charge_entry_id")),
        sa.ForeignKeyConstraint(
            ["open_item_id"], ["open_item.id"], name=op.f("fk_charge_open_item_id")
        ),
        sa.ForeignKeyConstraint(["package_id"], ["package.id"], name=op.f("fk_charge_package_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["care_session.id"], name=op.f("fk_charge_session_id")
        ),
        sa.ForeignKeyConstraint(
            ["void_entry_id"], ["entry.id"], name=op.f("fk_charge_void_entry_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge")),
    )
    op.create_index(op.f("ix_charge_client_id"), "charge", ["client_id"], unique=False)
    op.create_index(op.f("ix_charge_date_of_service"), "charge", ["date_of_service"], unique=False)
    op.create_index(op.f("ix_charge_session_id"), "charge", ["session_id"], unique=False)
    op.create_index(
        "uq_charge_session",
        "charge",
        ["session_id"],
        unique=True,
        sqlite_where=sa.text("voided_at IS NULL"),
        postgresql_where=sa.text("voided_at IS NULL"),
    )
    op.create_table(
        "signature_withdrawn",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("note_id", sa.Integer(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed_by_id", sa.Integer(), nullable=True),
        sa.Column("body_sha256", sa.String(length=64), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["note_id"], ["note.id"], name=op.f("fk_signature_withdrawn_note_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["clinician.id"], name=op.f("fk_signature_withdrawn_signed_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_withdrawn")),
    )
    op.create_index(
        op.f("ix_signature_withdrawn_note_id"), "signature_withdrawn", ["note_id"], unique=False
    )
    op.create_table(
        "card_attempt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("obligation", sa.String(length=200), nullable=False),
        sa.Column("series", sa.Integer(), nullable=False),
        sa.Column("iid", sa.String(length=32), nullable=False),
        sa.Column("dup", sa.String(length=32), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=True),
        sa.Column("plan_id", sa.Integer(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("customer", sa.String(length=80), nullable=False),
        sa.Column("payment_method", sa.String(length=80), nullable=False),
        sa.Column("last4", sa.String(length=4), nullable=False),
        sa.Column("params", sa.Text(), nullable=False),
        sa.Column("api_version", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("creates", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("key_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("key_spent", sa.Boolean(), nullable=False),
        sa.Column("confirm_with", sa.String(length=80), nullable=True),
        sa.Column("processor_id", sa.String(length=80), nullable=True),
        sa.Column("account", sa.String(length=80), nullable=True),
        sa.Column("livemode", sa.Boolean(), nullable=True),
        sa.Column("decline_code", sa.String(length=80), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("create_started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("compared_with", sa.String(length=80), nullable=True),
        sa.Column("declines", sa.Integer(), nullable=False),
        sa.Column("first_declined_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("retry_on", sa.Date(), nullable=True),
        sa.Column("withdraw", sa.Boolean(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("payment_entry_id", sa.Integer(), nullable=True),
        sa.Column("fee_entry_id", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "(charge_id IS NULL) = (plan_id IS NOT NULL) AND (plan_id IS NULL) = (due_on IS NULL)",
            name=op.f("ck_card_attempt_one_reason"),
        ),
        sa.CheckConstraint("amount_cents > 0", name=op.f("ck_card_attempt_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name=op.f("fk_card_attempt_charge_id")
        ),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.id"], name=op.f("fk_card_attempt_client_id")
        ),
        sa.ForeignKeyConstraint(
            ["fee_entry_id"], ["entry.id"], name=op.f("fk_card_attempt_fee_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_entry_id"], ["entry.id"], name=op.f("fk_card_attempt_payment_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["payment_plan.id"], name=op.f("fk_card_attempt_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_attempt")),
        sa.UniqueConstraint("iid", "series", name=op.f("uq_card_attempt_iid_series")),
        sa.UniqueConstraint("obligation", "series", name=op.f("uq_card_attempt_obligation_series")),
        sa.UniqueConstraint("processor_id", name=op.f("uq_card_attempt_processor_id")),
    )
    op.create_index(op.f("ix_card_attempt_charge_id"), "card_attempt", ["charge_id"], unique=False)
    op.create_index(op.f("ix_card_attempt_client_id"), "card_attempt", ["client_id"], unique=False)
    op.create_index(op.f("ix_card_attempt_dup"), "card_attempt", ["dup"], unique=False)
    op.create_index(op.f("ix_card_attempt_plan_id"), "card_attempt", ["plan_id"], unique=False)
    op.create_index("ix_card_attempt_state", "card_attempt", ["state"], unique=False)
    op.create_index("ix_card_attempt_updated", "card_attempt", ["updated_at"], unique=False)
    op.create_table(
        "card_revocation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("card_id", sa.Integer(), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("revoked_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["card_id"], ["card.id"], name=op.f("fk_card_revocation_card_id")),
        sa.ForeignKeyConstraint(
            ["consent_id"], ["card_consent.id"], name=op.f("fk_card_revocation_consent_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_revocation")),
    )
    op.create_index(
        op.f("ix_card_revocation_card_id"), "card_revocation", ["card_id"], unique=False
    )
    op.create_table(
        "charge_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("modifiers", sa.String(length=20), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.Column("fee_cents", sa.Integer(), nullable=False),
        sa.Column("fee_rule", sa.Text(), nullable=False),
        sa.CheckConstraint("fee_cents >= 0", name=op.f("ck_charge_line_not_negative")),
        sa.CheckConstraint("units > 0", name=op.f("ck_charge_line_units_positive")),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name=op.f("fk_charge_line_charge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_charge_line")),
        sa.UniqueConstraint(
            "charge_id", "position", name=op.f("uq_charge_line_charge_id_position")
        ),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("control_number", sa.String(length=20), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("follows_id", sa.Integer(), nullable=True),
        sa.Column("rank", sa.Integer(), nullable=False),
        sa.Column("client_id", sa.Integer(), nullable=False),
        sa.Column("coverage_id", sa.Integer(), nullable=False),
        sa.Column("frequency", sa.String(length=1), nullable=False),
        sa.Column("original_reference", sa.String(length=50), nullable=False),
        sa.Column("note", sa.String(length=80), nullable=False),
        sa.Column("delay_reason", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("total_cents", sa.Integer(), nullable=False),
        sa.Column("problems", sa.Text(), nullable=False),
        sa.Column("submission_id", sa.Integer(), nullable=True),
        sa.Column("payer_number", sa.String(length=80), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(frequency = '1') = (original_reference = '')",
            name=op.f("ck_claim_reference_of_a_correction"),
        ),
        sa.ForeignKeyConstraint(["charge_id"], ["charge.id"], name=op.f("fk_claim_charge_id")),
        sa.ForeignKeyConstraint(["client_id"], ["client.id"], name=op.f("fk_claim_client_id")),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverage.id"], name=op.f("fk_claim_coverage_id")
        ),
        sa.ForeignKeyConstraint(["follows_id"], ["claim.id"], name=op.f("fk_claim_follows_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["claim_submission.id"], name=op.f("fk_claim_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("charge_id", "sequence", name=op.f("uq_claim_charge_id_sequence")),
        sa.UniqueConstraint("control_number", name=op.f("uq_claim_control_number")),
    )
    op.create_index(op.f("ix_claim_charge_id"), "claim", ["charge_id"], unique=False)
    op.create_index(op.f("ix_claim_client_id"), "claim", ["client_id"], unique=False)
    op.create_index("ix_claim_payer_number", "claim", ["payer_number"], unique=False)
    op.create_index("ix_claim_state", "claim", ["state"], unique=False)
    op.create_table(
        "copay_override",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("charge_id", sa.Integer(), nullable=False),
        sa.Column("copay_cents", sa.Integer(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["charge_id"], ["charge.id"], name=op.f("fk_copay_override_charge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copay_override")),
        sa.UniqueConstraint("charge_id", name=op.f("uq_copay_override_charge_id")),
    )
    op.create_table(
        "card_attempt_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attempt_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["attempt_id"], ["card_attempt.id"], name=op.f("fk_card_attempt_event_attempt_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_card_attempt_event")),
    )
    op.create_index(
        op.f("ix_card_attempt_event_attempt_id"), "card_attempt_event", ["attempt_id"], unique=False
    )
    op.create_table(
        "claim_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("pass_number", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("control_number", sa.String(length=80), nullable=False),
        sa.Column("payer_number", sa.String(length=80), nullable=False),
        sa.Column("status_code", sa.String(length=4), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("charge_cents", sa.Integer(), nullable=False),
        sa.Column("paid_cents", sa.Integer(), nullable=False),
        sa.Column("client_cents", sa.Integer(), nullable=False),
        sa.Column("next_cents", sa.Integer(), nullable=False),
        sa.Column("write_off_cents", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("entry_id", sa.Integer(), nullable=True),
        sa.Column("reverses_id", sa.Integer(), nullable=True),
        sa.Column("reversed_by_id", sa.Integer(), nullable=True),
        sa.Column("first_segment", sa.Integer(), nullable=False),
        sa.Column("last_segment", sa.Integer(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "state IN ('posted', 'held', 'reversed', 'undone')",
            name=op.f("ck_claim_decision_state"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("fk_claim_decision_claim_id")
        ),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["entry.id"], name=op.f("fk_claim_decision_entry_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["remittance_payment.id"], name=op.f("fk_claim_decision_payment_id")
        ),
        sa.ForeignKeyConstraint(
            ["reversed_by_id"], ["claim_decision.id"], name=op.f("fk_claim_decision_reversed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["reverses_id"], ["claim_decision.id"], name=op.f("fk_claim_decision_reverses_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_decision")),
    )
    op.create_index(
        "ix_claim_decision_claim", "claim_decision", ["claim_id", "state"], unique=False
    )
    op.create_index(
        op.f("ix_claim_decision_payer_number"), "claim_decision", ["payer_number"], unique=False
    )
    op.create_index("ix_claim_decision_payment", "claim_decision", ["payment_id"], unique=False)
    op.create_index(
        op.f("ix_claim_decision_reversed_by_id"), "claim_decision", ["reversed_by_id"], unique=False
    )
    op.create_table(
        "claim_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("inbound_id", sa.Integer(), nullable=True),
        sa.Column("first_segment", sa.Integer(), nullable=True),
        sa.Column("last_segment", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_event_claim_id")),
        sa.ForeignKeyConstraint(
            ["inbound_id"], ["inbound_file.id"], name=op.f("fk_claim_event_inbound_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_event")),
    )
    op.create_index(op.f("ix_claim_event_claim_id"), "claim_event", ["claim_id"], unique=False)
    op.create_table(
        "told_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("coverage_id", sa.Integer(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_told_decision_claim_id")),
        sa.ForeignKeyConstraint(
            ["coverage_id"], ["coverage.id"], name=op.f("fk_told_decision_coverage_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_told_decision")),
        sa.UniqueConstraint(
            "claim_id", "coverage_id", name=op.f("uq_told_decision_claim_id_coverage_id")
        ),
    )
    op.create_table(
        "claim_task",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=True),
        sa.Column("decision_id", sa.Integer(), nullable=True),
        sa.Column("payment_id", sa.Integer(), nullable=True),
        sa.Column("payer_ref", sa.String(length=80), nullable=False),
        sa.Column("group_code", sa.String(length=4), nullable=False),
        sa.Column("reason_code", sa.String(length=8), nullable=False),
        sa.Column("remarks", sa.String(length=120), nullable=False),
        sa.Column("amount_cents", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_as", sa.String(length=20), nullable=True),
        sa.Column("ended_by_id", sa.Integer(), nullable=True),
        sa.Column("narrowed_by_id", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_task_claim_id")),
        sa.ForeignKeyConstraint(
            ["decision_id"], ["claim_decision.id"], name=op.f("fk_claim_task_decision_id")
        ),
        sa.ForeignKeyConstraint(
            ["ended_by_id"], ["claim_decision.id"], name=op.f("fk_claim_task_ended_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["narrowed_by_id"], ["claim_decision.id"], name=op.f("fk_claim_task_narrowed_by_id")
        ),
        sa.ForeignKeyConstraint(
            ["payment_id"], ["remittance_payment.id"], name=op.f("fk_claim_task_payment_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_task")),
    )
    op.create_index("ix_claim_task_claim", "claim_task", ["claim_id"], unique=False)
    op.create_index(op.f("ix_claim_task_ended_by_id"), "claim_task", ["ended_by_id"], unique=False)
    op.create_index(
        op.f("ix_claim_task_narrowed_by_id"), "claim_task", ["narrowed_by_id"], unique=False
    )
    op.create_index("ix_claim_task_open", "claim_task", ["closed_at", "kind"], unique=False)
    for trigger in TRIGGERS:
        op.get_bind().exec_driver_sql(trigger)
