"""The whole suite's plugins: counts per layer, a PostgreSQL and a Kafka a run, a database a test, people at pages."""

pytest_plugins = [
    "backbone.testing",
    "tests.plugins.counts",
    "tests.plugins.drawing",
    "tests.plugins.infrastructure",
    "tests.plugins.logs",
    "tests.plugins.memory",
    "tests.plugins.order",
    "tests.plugins.pages",
]
