"""Whom to take for a budget, knowing that audiences overlap. Pure.

``problem`` and ``limits`` say what is asked, ``offers`` and ``candidates`` leave the few thousand
creators among whom the best plan is, ``reach`` counts people, ``greedy``, ``portfolio`` and
``exchanges`` choose, ``bound`` and ``exact`` say how far from the best possible that is,
``explain``, ``curve`` and ``interval`` say what a plan is worth and why.
"""
