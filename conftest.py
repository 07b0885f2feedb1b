"""The whole suite's plugins: counts per layer, one PostgreSQL and one Kafka a run, a database a test."""

pytest_plugins = ["backbone.testing", "tests.plugins.counts", "tests.plugins.infrastructure"]
