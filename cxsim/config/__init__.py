"""From what the user types to a validated world: folders, Hydra's composition, options, loading."""
