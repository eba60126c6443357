"""The faces: how people and programs meet the engine."""
