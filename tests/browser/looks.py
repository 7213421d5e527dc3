"""What no page may show, whatever it is about: sideways scroll, a heading too many, a barrier to anybody."""


def looks_wrong(page, address, accessibility_faults):
    """What is wrong with the page as it stands, in lines that begin with its address."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = accessibility_faults(page)
    if wide > 0:
        faults.append(f"{wide} px to scroll sideways")
    if page.locator("h1").count() != 1:
        faults.append(f"{page.locator('h1').count()} headings of level 1")
    return [f"{address}: {fault}" for fault in faults]
