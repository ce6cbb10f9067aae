"""ActiveSync in server logs: gigabytes read exactly, in bounded memory. Counts; judges nothing (logs.md)."""
