"""Makes retail data: customers, products and their transactions, reproducibly and fast.

``python -m input_data_generator --help`` tells the options; :func:`input_data_generator.cli.main` is the
same in Python. Nothing here knows the cloud that the data is for; only ``landing_keys`` is shared with it.
"""

__version__ = "1.0.0"
"""Changes with every change of the bytes that a seed gives; the manifest states it."""
