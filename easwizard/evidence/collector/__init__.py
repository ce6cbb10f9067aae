"""The read-only PowerShell script that admins run, and what hands it out."""
