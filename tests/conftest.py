"""What holds for every test: Ctrl-C reaches the processes that tests start, and the collector keeps out of the way."""

import gc
import signal

# As in `python -m local_cloud`, whose comment says why: a fifth of what the tests need of the processor.
gc.set_threshold(100_000, 20, 10)

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell without job control starts what it puts into the background (`make test &`) deaf to Ctrl-C, and processes
    # inherit that: those that the tests start and interrupt would run on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
