"""From what is known to where it stands on a picture: plain geometry, drawn as SVG by the templates."""
