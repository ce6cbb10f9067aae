"""The cut-over checklist: what must hold before names move. Pure; it judges and looks at nothing by itself."""
