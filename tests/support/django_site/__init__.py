"""A site for the tests of `importmap.contrib.django`: its settings are changed by the tests."""
