# SPDX-License-Identifier: MIT
"""Training: a practice of made-up people beside the real one, with its own outside world.

``place`` is the folder, ``opening`` makes and opens what is in it, ``outside`` runs the card
processor and the clearinghouse of the sandbox in this process, ``controls`` are what a learner may
let happen there, ``cards`` and ``members`` say in plain words what each test card and test member
id does, ``putting`` gives them to a client, ``evenings`` brings the same people again another day.

The folder, beside the practice's own: ``training.txt`` marks it, ``practice`` is an ordinary data
folder with a passphrase that is no secret, ``outside`` holds the processor's memory and the claims
folders, ``printed`` the documents. ``store.sides`` keeps it and real practices apart.

Imports what the command line's demonstration does; imported by the window only once training is
asked for. A new thing a learner may do is a method of ``Controls`` and a line in the window's
panel.
"""
