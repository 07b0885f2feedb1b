"""Simulation: the product's own consumer, host, replay and relay on schedules that no real server can be made to keep.

One event loop with virtual time; a seed decides which ready task goes first, and what goes wrong when: processes are
stopped, frozen and killed, partitions change hands, questions and answers are lost, sessions end, commits are late. The
broker and the database are scripted here, and only here: every other layer meets the real ones. What is told of them
in `broker.py`, `database.py` and `tables.py` is as little as the backbone asks of them; the other layers prove on the
real ones that it is so. Each seed runs twice with equal traces, so a failure is repeated by its number.
"""
