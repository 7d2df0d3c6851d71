"""Fairview: a marketplace where brands and creators meet, work and settle.

The floors, lowest first; a floor may import those before it, never those after:

0. ``kernel``: pure Python, about no room in particular.
1. ``store``: how we talk to PostgreSQL; knows no room.
2. the rooms, one strict stack: ``ledger``, ``processor``, ``accounts``, ``notifications``,
   ``terms``, ``creators``, ``campaigns``, ``matching``, ``collaborations``, ``deliverables``,
   ``metrics``, ``trends``, ``authenticity``, ``causes``, ``funding``, ``payouts``,
   ``challenges``, ``treasury``, ``reconciliation``.
3. the edges, blind to each other: ``web``, ``cli``, ``gateways``, ``sandbox``.

``app`` wires them together; ``workers``, outside this package, holds what runs later.
"""
