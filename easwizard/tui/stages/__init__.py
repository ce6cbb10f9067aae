"""One pane for each stage. A pane draws a view and sends messages; it holds nothing that the case should hold."""
