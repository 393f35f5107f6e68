from mediyn_desktop.exchange.practice_folder import import_folder
from mediyn_desktop.ledger.queries import journal, client_balances, trial_balance


def test_x(store, write_folder):
    f = write_folder()
    print(import_folder(store, f, dry_run=True))
    r = import_folder(store, f)
    print(r)
    with store.read() as read:
        for e in journal(read):
            print(e.date, e.kind, e.source, [(p.account, p.amount_cents) for p in e.postings])
        print(client_balances(read), trial_balance(read))
    print(import_folder(store, f))
    assert 0
