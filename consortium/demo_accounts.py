"""The accounts of the demo, as the contract names them; `several` has roles in three organisations."""

ACCOUNTS = (
    "student",
    "student2",
    "academic",
    "industry",
    "enterprise",
    "basemanager",
    "graduate",
    "graduate2",
    "board",
    "secretary",
    "secretary2",
    "director",
    "director2",
    "expert",
    "auditor",
    "privacy",
    "admin",
    "several",
)
