"""What people pass on: texts, pictures and prints of petitions, people and appeals, and the codes by which a campaign
sees, as numbers, what was done by those who came. It owns the codes and promises that nothing of it counts a visit,
names a visitor, or calls anybody else's server."""
