"""The wizard. Draws views of a case and sends intents; looks at nothing and decides nothing itself."""
