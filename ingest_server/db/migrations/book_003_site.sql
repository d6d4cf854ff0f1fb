-- Why a device's rules in force are not its profile's: JSON of wire/identity.py SiteRules, or NULL.
ALTER TABLE device ADD COLUMN site TEXT;
