-- With at least one who verifiably accepts such patients.
select * from denominator where accepting >= 1
