CREATE TABLE members (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  name VARCHAR(120) NOT NULL,
  email VARCHAR(160) NOT NULL,
  city VARCHAR(80) NOT NULL,
  since DATETIME NOT NULL,
  UNIQUE KEY member_email (email),
  KEY member_city (city, name(20))
);

CREATE TABLE bookings (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  member_id INT UNSIGNED NOT NULL,
  made DATETIME NOT NULL,
  seats TINYINT UNSIGNED NOT NULL,
  note VARCHAR(200) NULL,
  KEY booking_made (made),
  CONSTRAINT booking_member FOREIGN KEY (member_id) REFERENCES members (id)
);

CREATE TABLE payments (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY,
  booking_id INT UNSIGNED NOT NULL,
  paid DATETIME NOT NULL,
  amount DECIMAL(8,2) NOT NULL,
  CONSTRAINT payment_booking FOREIGN KEY (booking_id) REFERENCES bookings (id)
);

CREATE TRIGGER payment_positive BEFORE INSERT ON payments FOR EACH ROW
  SET NEW.amount = GREATEST(NEW.amount, 0);

CREATE VIEW takings_by_month AS
  SELECT DATE_FORMAT(p.paid, '%Y-%m') AS month, COUNT(DISTINCT p.booking_id) AS bookings, SUM(p.amount) AS takings
    FROM payments p GROUP BY DATE_FORMAT(p.paid, '%Y-%m');
