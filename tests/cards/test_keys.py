# SPDX-License-Identifier: MIT
"""The processor's keys: asked what they are good for, and shown to nobody."""

from __future__ import annotations

import json
import logging
import traceback
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from till import Till

from mediyn_desktop import app
from mediyn_desktop.cards import accounts
from mediyn_desktop.cards.stripe_api import NO_ANSWER, KeyRefused, OutcomeUnknown, Role, StripeApi
from mediyn_desktop.core.errors import UserFacingError
from mediyn_desktop.sandbox.processor import CardProcessor
from mediyn_desktop.sandbox.processor.faults import Fault
from mediyn_desktop.store import settings

SECRET = "sk_test_Zq9canarykey"


def connect(till: Till, key: str) -> accounts.Connected:
    api = StripeApi(key, till.processor.base_url)
    try:
        return accounts.connect(till.store, api)
    finally:
        api.close()


def register(processor: CardProcessor, key: str, **permissions: str) -> None:
    """Give a key only these rights."""
    connection = HTTPConnection(urlsplit(processor.base_url).netloc)
    body = json.dumps({"key": key, "permissions": permissions})
    connection.request("POST", "/_sandbox/keys", body)
    assert connection.getresponse().status == 200
    connection.close()


def test_a_key_that_may_read_everything_is_connected(till: Till) -> None:
    found = connect(till, "rk_test_whole")
    assert (found.account, found.livemode) == (till.processor.state.account["id"], False)
    assert (found.missing, found.other) == ((), None)


def test_a_key_that_lacks_a_right_is_told_which(till: Till) -> None:
    register(
        till.processor, "rk_test_part", balance="read", account="read", payment_intents="write"
    )
    assert {"refunds", "customers", "disputes", "events", "payouts"} <= set(
        connect(till, "rk_test_part").missing
    )


def test_a_key_of_another_account_is_told_at_once(till: Till) -> None:
    till.sell()
    till.run()
    till.processor.state.account["id"] = "acct_elsewhere"
    assert "another card processor account" in str(connect(till, "sk_test_other").other)


@pytest.mark.parametrize("key", ["sk_live_x", "rk_live_x"])
def test_a_live_key_never_works_where_the_processor_says_test(till: Till, key: str) -> None:
    with pytest.raises(NO_ANSWER):
        connect(till, key)


def test_a_processor_that_says_another_mode_than_the_key_is_not_believed(till: Till) -> None:
    till.processor.faults.script(Fault("lie", path="/v1/balance", changes={"livemode": True}))
    with pytest.raises(OutcomeUnknown):
        till.api.accounts.current()


def test_without_the_customers_right_nothing_is_charged_and_it_is_said(till: Till) -> None:
    ident = till.sell()
    register(
        till.processor, "rk_test_nocus", balance="read", account="read", payment_intents="write"
    )
    till.api.close()
    till.api = StripeApi("rk_test_nocus", till.processor.base_url)
    outcome = till.run()
    assert outcome.stopped == "key-refused"
    assert "customers" in str(outcome.message)
    assert (till.state(ident), till.intents()) == ("queued", [])


def test_a_key_is_in_no_answer_error_log_or_setting(
    till: Till, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    with till.store.write("t") as uow:
        settings.set_value(uow, "stripe.key", SECRET)
        settings.set_value(uow, "stripe.refund_key", SECRET)
        settings.set_value(uow, "stripe.api_base", till.processor.base_url)
    till.sell()
    till.processor.state.revoked_keys.add(SECRET)
    said = []
    with app.processor_for_now(till.store) as api:
        assert api is not None
        till.api.close()
        till.api = api
        said += [str(till.run()), repr(api), str(vars(api))]
        with pytest.raises(KeyRefused) as refused:
            api.accounts.current()
        said += traceback.format_exception(refused.value)
    with till.store.read() as read:
        said.append(json.dumps(settings.show(read)))
    with pytest.raises(UserFacingError) as bad, till.store.write("t") as uow:
        settings.set_value(uow, "stripe.key", f"{SECRET} with a blank")
    said += [bad.value.message, caplog.text]
    assert [one for one in said if "canarykey" in one] == []


def test_the_key_that_pays_back_needs_the_passphrase(
    till: Till, passphrase: str, own_key: Callable[[], object]
) -> None:
    with till.store.write("t") as uow:
        settings.set_value(uow, "stripe.key", "rk_test_charges")
        settings.set_value(uow, "stripe.refund_key", "rk_test_refunds")
        settings.set_value(uow, "stripe.api_base", till.processor.base_url)
    with pytest.raises(UserFacingError), app.refunding(till.store, "a wrong passphrase"):
        pytest.fail("a wrong passphrase opened a key")
    with app.refunding(till.store, passphrase) as keys:
        assert keys is not None
        asks, pays = keys
        assert (asks.connection.role, pays.connection.role) == (Role.CHARGES, Role.REFUNDS)
    with app.processor_for_now(till.store) as scheduler:
        assert scheduler is not None
        assert scheduler.connection.role is Role.CHARGES
