"""What holds for every test: property tests have no deadline, because a busy machine is no bug."""

from hypothesis import settings

settings.register_profile("house", deadline=None)
settings.load_profile("house")
