"""The invented world of the demo: read from `outcomes/world/`, built day by day by everybody's actions."""
