"""Pictures of the wizard, drawn from recorded practice estates, and the test that they still are what it shows."""
