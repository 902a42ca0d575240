"""Take docs/picture.png, the picture in the README, from a running demo.

make demo          (in another terminal)
.venv/bin/python docs/photograph.py http://127.0.0.1:8000
"""

import base64
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

PICTURE = Path(__file__).parent / "picture.png"
PAGES = (("/en/night-trains/", "light"), ("/ar/night-trains/", "dark"), ("/es/night-trains/signatures/", "light"))
FRAME = """<style>
  body { margin: 0; height: 960px; display: flex; gap: 36px; justify-content: center; align-items: center; background: #e9e4dc }
  img { width: 390px; border-radius: 28px; box-shadow: 0 12px 40px #0003 }
</style>"""  # noqa: E501  one rule a line reads best


def photograph(browser: Browser, address: str, theme: str) -> str:
    """Return a page on a phone, as a data: address."""
    phone = browser.new_context(
        viewport={"width": 390, "height": 844},
        device_scale_factor=2,
        color_scheme="dark" if theme == "dark" else "light",
    )
    page = phone.new_page()
    page.goto(address, wait_until="networkidle")
    picture = base64.b64encode(page.screenshot()).decode()
    phone.close()
    return f"data:image/png;base64,{picture}"


def main(demo: str) -> None:
    """Photograph three pages of the demo side by side."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        pictures = [photograph(browser, demo + path, theme) for path, theme in PAGES]
        page = browser.new_page(viewport={"width": 1320, "height": 960})
        page.set_content(FRAME + "".join(f'<img src="{one}">' for one in pictures))
        # In 128 colours it is a third as large, and looks the same: everybody who reads the README loads it.
        picture = Image.open(BytesIO(page.screenshot())).convert("RGB").quantize(128, dither=Image.Dither.NONE)
        picture.save(PICTURE, optimize=True)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1].rstrip("/"))
