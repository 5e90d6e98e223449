"""What holds for every test: Ctrl-C reaches the processes that tests start."""

import signal

if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    # A shell without job control starts what it puts into the background (`make test &`) deaf to Ctrl-C, and processes
    # inherit that: those that the tests start and interrupt would run on.
    signal.signal(signal.SIGINT, signal.default_int_handler)
