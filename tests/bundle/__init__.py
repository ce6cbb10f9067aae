"""Builds offline bundles for jump boxes: `python -m tests.bundle -o FOLDER`. Only the build needs a package index.

`targets` says for which systems and Pythons, `wheels` reads wheels, `closure` finds what is still missing, `fetch`
asks pip for it, `assemble` writes the bundle, `build` is all of it. The files in `on_target` go into every bundle.
"""
