"""What can go wrong, each as the knobs that it turns; the services only read them."""

from dataclasses import dataclass


@dataclass(slots=True)
class Trouble:
    """The state of the world around the services."""

    bank_seconds: float = 0.04
    """How long the bank takes for a charge."""
    leak: float = 0.0
    """Share of charges after which pay forgets to give its connection back."""
    stock_version: str = "2.3.1"
    """The release of stock that is out."""


def pool(trouble: Trouble) -> None:
    """The bank gets slow; the few connections that pay has to it are soon all taken, and orders fail."""
    trouble.bank_seconds = 3.0


def leak(trouble: Trouble) -> None:
    """Pay loses a connection now and then: its pool fills within seconds although the bank is quick."""
    trouble.leak = 0.1


def deploy(trouble: Trouble) -> None:
    """A release of stock does not know articles that are bought in another unit: a KeyError for one in five."""
    trouble.stock_version = "2.4.0"


INCIDENTS = {"pool": pool, "leak": leak, "deploy": deploy}
