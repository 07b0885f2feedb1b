"""Order to delivery through all five services, with their own Kafka and PostgreSQL."""
