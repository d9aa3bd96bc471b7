"""The faulty kinds, in modules by theme; registry.load() imports them all."""
