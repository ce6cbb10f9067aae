"""How Exchange behaves. Pure: no network, clock, environment, asyncio; knows no case and no screen."""
