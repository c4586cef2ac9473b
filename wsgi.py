"""The application as servers load it."""

import gc

from app import create_app

# A page of two hundred lines makes ten thousand things that are dropped again one by one. The collector, which is there
# for those that hold each other, looked through them all several times a page: a sixth of its time.
gc.set_threshold(20_000, 10, 10)

app = create_app()
