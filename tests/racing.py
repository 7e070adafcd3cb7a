"""Racing: several who do something at the very same moment."""

import threading

from agora.model.errors import AgoraError


def at_once(*deeds):
    """Every deed in a thread of its own, all at one moment: what each gave or raised."""
    ready, found = threading.Barrier(len(deeds)), [None] * len(deeds)

    def act(place, deed):
        ready.wait()
        try:
            found[place] = deed()
        except AgoraError as problem:
            found[place] = problem

    threads = [threading.Thread(target=act, args=each) for each in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
