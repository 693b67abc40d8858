-- The tables of Moodle and of mod_facetoface that are read and written, with the columns that matter.
PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS user (id INTEGER PRIMARY KEY, email TEXT NOT NULL, idnumber TEXT NOT NULL, deleted INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS course (id INTEGER PRIMARY KEY);
CREATE TABLE IF NOT EXISTS facetoface (id INTEGER PRIMARY KEY, course INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS facetoface_sessions (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  facetoface INTEGER NOT NULL,
  capacity INTEGER NOT NULL,
  allowoverbook INTEGER NOT NULL,
  details TEXT,
  datetimeknown INTEGER NOT NULL,
  duration INTEGER,
  normalcost INTEGER NOT NULL DEFAULT 0,
  discountcost INTEGER NOT NULL DEFAULT 0,
  allowcancellations INTEGER NOT NULL DEFAULT 1,
  timecreated INTEGER NOT NULL DEFAULT 0,
  timemodified INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS facetoface_sessions_dates (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sessionid INTEGER NOT NULL, timestart INTEGER NOT NULL, timefinish INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS facetoface_signups (
  id INTEGER PRIMARY KEY AUTOINCREMENT, sessionid INTEGER NOT NULL, userid INTEGER NOT NULL, notificationtype INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS facetoface_signups_status (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  signupid INTEGER NOT NULL,
  statuscode INTEGER NOT NULL,
  superceded INTEGER NOT NULL,
  grade REAL,
  note TEXT,
  createdby INTEGER NOT NULL,
  timecreated INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS mails (id INTEGER PRIMARY KEY AUTOINCREMENT, userid INTEGER NOT NULL, what TEXT NOT NULL);
