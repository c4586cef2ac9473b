"""The application as servers load it."""

import gc

from app import create_app
from config import COLLECTOR

gc.set_threshold(*COLLECTOR)

app = create_app()
