"""What an installation on servers of others needs: secrets, databases, topics, rights at Kafka, manifests."""
