"""What it costs to send parts."""

_UP_TO = ((1000, 490), (5000, 690), (31500, 1290))


def postage(grams):
    """The postage in cents; None for what is too heavy to be sent."""
    for limit, cents in _UP_TO:
        if grams <= limit:
            return cents
    return None
